import ipaddr from 'ipaddr.js';
import type { Family } from '../netfilter/addresses.ts';
import { addressOf } from '../netfilter/addresses.ts';
import type { Door } from './door.ts';

/** Whether a socket bound to an address takes packets for another. */
export function takes(
  { bothFamilies }: Pick<Door, 'bothFamilies'>,
  address: string,
  family: Family,
  destination: bigint,
): boolean {
  if (address === '0.0.0.0') return family === 'ip';
  if (address === '::') return family === 'ip6' || bothFamilies;
  return addressOf(plain(address))?.value === destination;
}

/** IPv4 in IPv6's clothes, `::ffff:10.0.0.1`, is IPv4. */
export function plain(address: string): string {
  // Only IPv6 has more than one spelling.
  return address.includes(':') ? (read(address)?.text ?? address) : address;
}

export function isWildcard(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

export function isLoopback(address: string): boolean {
  return read(address)?.loopback ?? false;
}

interface Read {
  readonly text: string;
  readonly loopback: boolean;
}

/** A machine has few, and each is asked for again by every door and check. */
const known = new Map<string, Read | null>();
const mostKnown = 100_000;

/** `null` for what is no address. */
function read(address: string): Read | null {
  const before = known.get(address);
  if (before !== undefined) return before;
  if (known.size >= mostKnown) known.clear();
  const parsed = ipaddr.isValid(address) ? ipaddr.process(address) : null;
  const found = parsed && { text: parsed.toString(), loopback: parsed.range() === 'loopback' };
  known.set(address, found);
  return found;
}
