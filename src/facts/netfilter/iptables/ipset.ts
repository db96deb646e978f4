import type { Family } from '../addresses.ts';
import { parseAddresses, subtract, union } from '../addresses.ts';
import type { AddressSet } from '../addresses.ts';
import type { Match, PortRange } from '../ruleset.ts';
import { portNumber } from '../service-ports.ts';
import type { Option } from './options.ts';

/** A set of ipset(8). */
export interface IpSet {
  /** `hash:ip,port`, `list:set`. */
  readonly type: string;
  readonly family: Family;
  readonly entries: readonly { readonly value: string; readonly nomatch: boolean }[];
  /** Whether rules add to it. */
  readonly grows: boolean;
}

/** By name; `null`: the sets were not read. */
export type IpSets = ReadonlyMap<string, IpSet> | null;

/**
 * Reads `ipset save`.
 *
 * @param growing - names of sets that rules add to
 */
export function parseIpSets(text: string, growing: ReadonlySet<string>): ReadonlyMap<string, IpSet> {
  const sets = new Map<string, IpSet & { readonly entries: { value: string; nomatch: boolean }[] }>();
  for (const line of text.split('\n')) {
    const [word, name = '', value = '', ...rest] = line.trim().split(/\s+/);
    if (word === 'create') {
      const family = rest[rest.indexOf('family') + 1] === 'inet6' ? 'ip6' : 'ip';
      sets.set(name, { type: value, family, entries: [], grows: growing.has(name) });
    }
    if (word === 'add') sets.get(name)?.entries.push({ value, nomatch: rest.includes('nomatch') });
  }
  return sets;
}

interface Scope {
  readonly family: Family;
  readonly sets: IpSets;
}

/** `--match-set NAME src,dst`: what the set's entries mean for a packet. */
export function matchSet(option: Option, options: readonly Option[], scope: Scope): Match {
  const [name = '', directions = ''] = option.values;
  const text = [option.name, ...option.values].join(' ');
  const refined = options.some((one) => one.module === 'set' && !['--match-set', '-m'].includes(one.name));
  const alternatives = refined ? null : alternativesOf(name, directions.split(','), scope, 0);
  if (alternatives !== null) {
    return {
      on: 'any',
      of: alternatives,
      negated: option.negated,
      grows: scope.sets?.get(name)?.grows ?? false,
    };
  }
  // Everybody outside a list is nearly everybody: only a plain list is one of a few.
  const list = directions === 'src' && !option.negated && scope.sets === null;
  return { on: list ? 'source-list' : 'unclear', text };
}

/** @returns `null` where the set was not read or has a dimension that is not understood */
function alternativesOf(
  name: string,
  directions: readonly string[],
  scope: Scope,
  depth: number,
): readonly (readonly Match[])[] | null {
  const set = scope.sets?.get(name);
  if (set === undefined || depth > 8) return null;
  const values = set.entries.map(({ value }) => value);
  if (set.type === 'list:set') {
    const members = values.map((value) => alternativesOf(value, directions, scope, depth + 1));
    return members.every((one) => one !== null) ? members.flat() : null;
  }
  const kinds = set.type.split(':')[1]?.split(',') ?? [];
  const of = kinds.map((_, index) => directions[index] ?? directions.at(-1) ?? 'src');
  if (kinds.length === 1 && ['ip', 'net'].includes(kinds[0] ?? '')) {
    const addresses = listedAddresses(set);
    if (addresses === null) return null;
    const on = of[0] === 'src' ? 'source' : 'destination';
    return [[{ on, family: set.family, addresses, negated: false }]];
  }
  if (set.entries.some(({ nomatch }) => nomatch)) return null;
  const read = values.map((value) => {
    const parts = value.split(',');
    if (parts.length !== kinds.length) return null;
    const matches = parts.map((part, index) => dimension(kinds[index] ?? '', part, of[index] ?? '', set));
    return matches.every((one) => one !== null) ? matches.flat() : null;
  });
  return read.every((one) => one !== null) ? read : null;
}

/** The most specific entry counts, and `nomatch` makes it an exception. */
function listedAddresses({ entries, family }: IpSet): AddressSet | null {
  const read = entries.map(({ value, nomatch }) => ({ nomatch, found: parseAddresses(value) }));
  if (read.some(({ found }) => found?.family !== family)) return null;
  const sizes = read.map(({ nomatch, found }) => ({ nomatch, addresses: found?.addresses ?? [] }));
  if (!sizes.some(({ nomatch }) => nomatch)) return union(sizes.flatMap(({ addresses }) => addresses));
  const size = (set: AddressSet) => set.reduce((sum, { first, last }) => sum + last - first, 0n);
  return sizes
    .toSorted((a, b) => (size(b.addresses) > size(a.addresses) ? 1 : -1))
    .reduce<AddressSet>(
      (all, { nomatch, addresses }) => (nomatch ? subtract(all, addresses) : union([...all, ...addresses])),
      [],
    );
}

function dimension(kind: string, text: string, direction: string, set: IpSet): readonly Match[] | null {
  const isSource = direction === 'src';
  switch (kind) {
    case 'ip':
    case 'net': {
      const found = parseAddresses(text);
      if (found?.family !== set.family) return null;
      const on = isSource ? 'source' : 'destination';
      return [{ on, family: set.family, addresses: found.addresses, negated: false }];
    }
    case 'port':
      return isSource ? [{ on: 'client-choice', text }] : portMatch(text);
    case 'iface':
      return [{ on: isSource ? 'interface' : 'out-interface', names: [text], negated: false }];
    default:
      return null;
  }
}

/** `tcp:80`, `udp:50-60`; a bitmap has plain numbers. */
function portMatch(text: string): readonly Match[] | null {
  const [, name, range = ''] = /^(?:([a-z0-9]+):)?(.+)$/i.exec(text) ?? [];
  const ends = range.split('-').map(portNumber);
  const [first, last = first] = ends;
  if (typeof first !== 'number' || typeof last !== 'number') {
    // Of ICMP and others, which nobody asks for here.
    return name === undefined || ['tcp', 'udp', 'sctp'].includes(name)
      ? null
      : [{ on: 'fixed', holds: false }];
  }
  const ports: readonly PortRange[] = [[first, last]];
  const protocols = name === undefined ? [] : [name.toLowerCase()];
  return [{ on: 'destination-port', protocols, ports, negated: false }];
}
