import ipaddr from 'ipaddr.js';
import { remembered } from '../remember.ts';

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

const every: Readonly<Record<Family, AddressSet>> = {
  ip: [{ first: 0n, last: (1n << 32n) - 1n }],
  ip6: [{ first: 0n, last: (1n << 128n) - 1n }],
};

export function everyAddress(family: Family): AddressSet {
  return every[family];
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

export interface Address {
  readonly family: Family;
  readonly value: bigint;
}

/** The same few addresses are read over and over. */
const read = new Map<string, Address | null>();
const mostRead = 100_000;

export function addressOf(text: string): Address | null {
  const before = read.get(text);
  if (before !== undefined) return before;
  if (read.size >= mostRead) read.clear();
  const address = readAddress(text);
  read.set(text, address);
  return address;
}

function readAddress(text: string): Address | null {
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
  if (ranges.length < 2) return ranges;
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
  const [only] = few;
  if (only === undefined) return few;
  const [lowest, highest] = [many[0], many.at(-1)];
  if (lowest === undefined || highest === undefined) return many;
  const spans = few.length === 1 && only.first <= lowest.first && highest.last <= only.last;
  return spans ? many : rememberedIntersection(few, many);
}

/** Whether an address of the set's family is in it. */
export function contains(set: AddressSet, address: bigint): boolean {
  const range = set[firstEndingAt(set, address)];
  return range !== undefined && range.first <= address;
}

const rememberedIntersection = rememberedOfLong((few, many) => {
  const common: AddressRange[] = [];
  // Few ranges look theirs up among many; of two long lists each is walked once.
  let at = 0;
  for (const range of few) {
    at = few.length * 16 < many.length ? firstEndingAt(many, range.first) : at;
    for (let other = many[at]; other !== undefined && other.first <= range.last; other = many[at]) {
      if (other.last >= range.first) common.push(overlap(range, other));
      // It may reach into the next range as well.
      if (other.last > range.last) break;
      at += 1;
    }
  }
  return common;
});

function overlap(a: AddressRange, b: AddressRange): AddressRange {
  if (a.first <= b.first && b.last <= a.last) return b;
  if (b.first <= a.first && a.last <= b.last) return a;
  return a.first > b.first ? { first: a.first, last: b.last } : { first: b.first, last: a.last };
}

export function subtract(a: AddressSet, b: AddressSet): AddressSet {
  const [hole] = b;
  if (hole === undefined || a.length === 0) return a;
  return a === b ? [] : rememberedDifference(a, b);
}

const rememberedDifference = rememberedOfLong((a, b) => {
  const [hole] = b;
  // One address out of many ranges (a ban list, rule by rule) must not cost a walk over all of them.
  if (b.length === 1 && hole !== undefined) {
    const hit = overlapping(a, hole);
    if (hit.length === 0) return a;
    const from = firstEndingAt(a, hole.first);
    const cut = hit.flatMap((range) => subtractFrom(range, b));
    return a.slice(0, from).concat(cut, a.slice(from + hit.length));
  }
  return a.flatMap((range) => subtractFrom(range, overlapping(b, range)));
});

type Operation = (a: AddressSet, b: AddressSet) => AddressSet;

/** Ranges of a set that is long: the same few long sets (ban lists) meet for every port that is asked for. */
const long = 256;

/** Sets never change, so what two long ones come to is known as long as both live. */
function rememberedOfLong(compute: Operation): Operation {
  const known = remembered((a: AddressSet) => remembered((b: AddressSet) => compute(a, b)));
  return (a, b) => (a.length + b.length < long ? compute(a, b) : known(a)(b));
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
