import type { SocketAddress } from './socket-address.ts';
import { parseSocketAddress } from './socket-address.ts';

/** A listening socket before its owner is looked up. */
export interface Socket extends Omit<SocketAddress, 'dualStack'> {
  readonly proto: 'tcp' | 'udp';
  readonly v6only: boolean;
  /** Every process that holds it, as far as it may be seen. */
  readonly pids: readonly number[];
}

/** A line that was not understood, so that nobody takes the list for complete. */
export interface NotUnderstood {
  readonly line: string;
}

const row = /^(?<proto>tcp|udp)\s+(?<state>[A-Z0-9-]+)\s+\d+\s+\d+\s+(?<local>\S+)\s+\S+(?<rest>.*)$/;

/** Reads `ss -H -t -u -l -n -p -e`. A TCP socket that is bound but does not listen is left out. */
export function parseSs(output: string): readonly Socket[] | NotUnderstood {
  const sockets: Socket[] = [];
  for (const line of output.split('\n')) {
    if (line.trim() === '') continue;
    const socket = parseRow(line);
    if (socket === null) return { line };
    if (socket !== 'not listening') sockets.push(socket);
  }
  return sockets;
}

function parseRow(line: string): Socket | 'not listening' | null {
  const { proto, state = '', local = '', rest = '' } = row.exec(line)?.groups ?? {};
  const place = parseSocketAddress(local);
  if (place === null || !['LISTEN', 'UNCONN'].includes(state)) return null;
  if (proto === 'tcp' && state === 'UNCONN') return 'not listening';
  const { dualStack, ...bound } = place;
  const v6only = bound.address === '::' && !dualStack && !/\bv6only:0\b/.test(rest);
  return { proto: proto === 'tcp' ? 'tcp' : 'udp', ...bound, v6only, pids: pidsIn(rest) };
}

const holder = String.raw`\("[^"]+",pid=\d+,fd=\d+\)`;
const holders = new RegExp(String.raw`^\s*users:\((${holder}(?:,${holder})*)\)(?:\s|$)`);

/**
 * The pids of `users:(("nginx",pid=67,fd=5),("nginx",pid=66,fd=5))`; none where the list can be read in two ways.
 *
 * ss(8) prints names as they are, and a process chooses its own 15 bytes (PR_SET_NAME of prctl(2)): by a quote in
 * it, or an empty name before one, it may pretend to be another process. To forge a whole entry takes more bytes.
 */
function pidsIn(text: string): readonly number[] {
  const [, list = ''] = holders.exec(text) ?? [];
  return [...new Set(Array.from(list.matchAll(/",pid=(\d+),fd=\d+\)/g), (match) => Number(match[1])))];
}
