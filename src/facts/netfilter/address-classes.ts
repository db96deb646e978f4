import type { AddressRange, AddressSet, Family } from './addresses.ts';
import { everyAddress, intersect, parseAddresses, subtract, union } from './addresses.ts';

/** Ranges that no packet from the internet carries as its source: RFC 6890 and its successors. */
const special = {
  ip: '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.168.0.0/16 224.0.0.0/3',
  ip6: '::/8 fc00::/7 fe80::/10 ff00::/8',
} as const;

/** Networks that anybody may use at home, behind a carrier's NAT or in a VPN: RFC 1918, 6598 and 4193. */
const privateRanges = {
  ip: ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16'],
  ip6: ['fc00::/7'],
} as const;

const privates = { ip: networksOf(privateRanges.ip), ip6: networksOf(privateRanges.ip6) };

export function privateNetworks(family: Family): readonly AddressRange[] {
  return privates[family];
}

function networksOf(prefixes: readonly string[]): readonly AddressRange[] {
  return prefixes.flatMap((prefix) => parseAddresses(prefix)?.addresses ?? []);
}

const loopback = { ip: networksOf(['127.0.0.0/8']), ip6: networksOf(['::1/128']) };

export function loopbackAddresses(family: Family): AddressSet {
  return loopback[family];
}

const internet = { ip: publicAddresses('ip'), ip6: publicAddresses('ip6') };

/** Every address outside the private and special ranges. */
export function internetAddresses(family: Family): AddressSet {
  return internet[family];
}

function publicAddresses(family: Family): AddressSet {
  return subtract(everyAddress(family), union(networksOf(special[family].split(' '))));
}

/** Whether an address is one that the internet routes. */
export function isPublic(address: string): boolean {
  const own = parseAddresses(address);
  return own !== null && intersect(internetAddresses(own.family), own.addresses).length > 0;
}
