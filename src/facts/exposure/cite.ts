import type { Citation } from '../../engine/check.ts';
import type { Exposure } from '../../engine/report.ts';

/** `0.0.0.0:11434/tcp`, `[::]:11434/tcp`. */
export function socketOf({ address, port, proto }: Pick<Exposure, 'address' | 'port' | 'proto'>): string {
  const host = address.includes(':') ? `[${address}]` : address;
  return `${host}:${String(port)}/${proto}`;
}

/** Who gets in: `10.0.0.0/24, 0.0.0.0/0 on eth0`. */
export function sourcesOf({ reachableFrom }: Exposure): string {
  return reachableFrom.map(({ interface: name, sources }) => `${sources.join(', ')} on ${name}`).join('; ');
}

/** The socket, and the rules that let it be reached. */
export function citationsOf(exposure: Exposure): Citation[] {
  const socket = { source: 'listening sockets', line: null, excerpt: socketOf(exposure) };
  return [socket, ...exposure.path.map((rule) => ({ source: 'firewall', line: null, excerpt: rule }))];
}

/** Why it is not known who gets in. */
export function doubtOf({ path }: Exposure): string {
  return path.at(-1) ?? 'who gets in could not be determined';
}
