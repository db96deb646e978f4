import ipaddr from 'ipaddr.js';

/** The kernel's names for IPv4 and IPv6. */
export type Family = 'ip' | 'ip6';

/** Addresses of one family as numbers, both ends included. */
export interface AddressRange {
  readonly first: bigint;
  readonly last: bigint;
}

/** Sorted, without overlap. */
export type AddressSet = readonly AddressRange[];

const bitsOf = { ip: 32, ip6: 128 } as const;

export function everyAddress(family: Family): AddressSet {
  return [{ first: 0n, last: (1n << BigInt(bitsOf[family])) - 1n }];
}

export interface FamilySet {
  readonly family: Family;
  readonly addresses: AddressSet;
}

/**
 * Reads `10.0.0.5`, `10.0.0.0/24`, `10.0.0.0/255.255.255.0`, `fe80::/10` or `a-b`.
 *
 * @returns `null` for anything else, host names included
 */
export function parseAddresses(text: string): FamilySet | null {
  const [from = '', to] = text.split('-');
  if (to !== undefined) return between(addressOf(from), addressOf(to));
  const [address = '', mask] = text.split('/');
  const parsed = addressOf(address);
  if (parsed === null) return null;
  const length = mask === undefined ? bitsOf[parsed.family] : prefixLength(mask, parsed.family);
  if (length === null) return null;
  const size = 1n << BigInt(bitsOf[parsed.family] - length);
  const first = (parsed.value / size) * size;
  return { family: parsed.family, addresses: [{ first, last: first + size - 1n }] };
}

interface Address {
  readonly family: Family;
  readonly value: bigint;
}

export function addressOf(text: string): Address | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) {
    return { family: 'ip', value: numberOf(ipaddr.IPv4.parse(text).toByteArray()) };
  }
  if (!text.includes(':') || !ipaddr.IPv6.isValid(text)) return null;
  return { family: 'ip6', value: numberOf(ipaddr.IPv6.parse(text).toByteArray()) };
}

function numberOf(bytes: readonly number[]): bigint {
  return bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

function between(first: Address | null, last: Address | null): FamilySet | null {
  if (first === null || last?.family !== first.family || last.value < first.value) return null;
  return { family: first.family, addresses: [{ first: first.value, last: last.value }] };
}

/** Of `24` or `255.255.255.0`; `null` for a mask with holes. */
function prefixLength(mask: string, family: Family): number | null {
  if (/^\d{1,3}$/.test(mask)) return Number(mask) <= bitsOf[family] ? Number(mask) : null;
  if (family === 'ip' && ipaddr.IPv4.isValidFourPartDecimal(mask)) {
    return ipaddr.IPv4.parse(mask).prefixLengthFromSubnetMask();
  }
  return family === 'ip6' && ipaddr.IPv6.isValid(mask)
    ? ipaddr.IPv6.parse(mask).prefixLengthFromSubnetMask()
    : null;
}

/** Any ranges of one family, in any order. */
export function union(ranges: readonly AddressRange[]): AddressSet {
  const merged: AddressRange[] = [];
  for (const range of ranges.toSorted((a, b) => (a.first < b.first ? -1 : 1))) {
    const before = merged.at(-1);
    if (before === undefined || range.first > before.last + 1n) merged.push(range);
    else if (range.last > before.last) merged[merged.length - 1] = { first: before.first, last: range.last };
  }
  return merged;
}

export function intersect(a: AddressSet, b: AddressSet): AddressSet {
  const [few, many] = a.length < b.length ? [a, b] : [b, a];
  return few.flatMap((range) =>
    overlapping(many, range).map((other) => ({
      first: other.first > range.first ? other.first : range.first,
      last: other.last < range.last ? other.last : range.last,
    })),
  );
}

export function subtract(a: AddressSet, b: AddressSet): AddressSet {
  // One address out of many ranges (a ban list, rule by rule) must not cost a walk over all of them.
  if (b.length === 1 && b[0] !== undefined) {
    const from = firstEndingAt(a, b[0].first);
    const hit = overlapping(a, b[0]);
    const cut = hit.flatMap((range) => subtractFrom(range, b));
    return [...a.slice(0, from), ...cut, ...a.slice(from + hit.length)];
  }
  return a.flatMap((range) => subtractFrom(range, overlapping(b, range)));
}

function subtractFrom(range: AddressRange, holes: AddressSet): AddressSet {
  const left: AddressRange[] = [];
  let { first } = range;
  for (const hole of holes) {
    if (hole.first > first) left.push({ first, last: hole.first - 1n });
    first = hole.last + 1n;
  }
  if (first <= range.last) left.push({ first, last: range.last });
  return left;
}

function overlapping(set: AddressSet, { first, last }: AddressRange): AddressSet {
  const from = firstEndingAt(set, first);
  let to = from;
  for (let range = set[to]; range !== undefined && range.first <= last; range = set[to]) to += 1;
  return set.slice(from, to);
}

/** Index of the first range that ends at or behind `address`. */
function firstEndingAt(set: AddressSet, address: bigint): number {
  let low = 0;
  let high = set.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((set[middle]?.last ?? 0n) < address) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function sizeOf(set: AddressSet): bigint {
  return set.reduce((sum, { first, last }) => sum + last - first + 1n, 0n);
}

/** The fewest prefixes that make up the set: `10.0.0.0/24`. */
export function toPrefixes(set: AddressSet, family: Family): readonly string[] {
  const bits = bitsOf[family];
  const prefixes: string[] = [];
  for (const { first, last } of set) {
    for (let at = first; at <= last;) {
      let hostBits = 0;
      while (hostBits < bits) {
        const size = 1n << BigInt(hostBits + 1);
        if (at % size !== 0n || at + size - 1n > last) break;
        hostBits += 1;
      }
      prefixes.push(`${spell(at, family)}/${String(bits - hostBits)}`);
      at += 1n << BigInt(hostBits);
    }
  }
  return prefixes;
}

export function spell(value: bigint, family: Family): string {
  const bytes = Array.from({ length: bitsOf[family] / 8 }, (_, index) =>
    Number((value >> BigInt(bitsOf[family] - 8 * (index + 1))) & 0xffn),
  );
  return ipaddr.fromByteArray(bytes).toString();
}

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

const internet = { ip: publicAddresses('ip'), ip6: publicAddresses('ip6') };

/** Every address outside the private and special ranges. */
export function internetAddresses(family: Family): AddressSet {
  return internet[family];
}

function publicAddresses(family: Family): AddressSet {
  return subtract(everyAddress(family), union(networksOf(special[family].split(' '))));
}
