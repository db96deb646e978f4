import { parseHexAddress } from './socket-address.ts';
import type { NotUnderstood, Socket } from './ss.ts';

/** The kernel's numbers in include/net/tcp_states.h: TCP_LISTEN, and TCP_CLOSE for an unconnected UDP socket. */
const waiting = { tcp: '0A', udp: '07' } as const;

/**
 * Reads /proc/net/{tcp,tcp6,udp,udp6}, see proc(5). It tells neither the owner nor the interface nor
 * whether an IPv6 wildcard takes IPv4 too; that it does is the kernel's default.
 */
export function parseProcNet(proto: 'tcp' | 'udp', table: string): readonly Socket[] | NotUnderstood {
  const sockets: Socket[] = [];
  for (const line of table.split('\n').slice(1)) {
    if (line.trim() === '') continue;
    const [, local = '', , state = ''] = line.trim().split(/\s+/);
    const place = parseHexAddress(local);
    if (place === null || !/^[0-9A-F]{2}$/i.test(state)) return { line };
    if (state !== waiting[proto]) continue;
    const { address, port } = place;
    sockets.push({ proto, address, interface: null, port, v6only: false, pids: [] });
  }
  return sockets;
}
