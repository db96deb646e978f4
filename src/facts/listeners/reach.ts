import ipaddr from 'ipaddr.js';
import type { Listener } from './listener.ts';

/** Sockets of a DHCP client: it asks, and serves nobody. */
const clientPorts = [68, 546];

/** Whether anybody but this machine itself could connect, as far as the socket's own address goes. */
export function isBeyondLoopback({ address, interface: bound, proto, port }: Listener): boolean {
  if (bound === 'lo' || (proto === 'udp' && clientPorts.includes(port))) return false;
  return !ipaddr.isValid(address) || ipaddr.parse(address).range() !== 'loopback';
}
