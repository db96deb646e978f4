import type { AddressSet } from './addresses.ts';
import { contains, everyAddress, intersect, subtract, union } from './addresses.ts';
import { isOneOf } from './interface-name.ts';
import type { Machine, Packet } from './packet.ts';
import type { FilterRule, Match } from './ruleset.ts';

/**
 * How a rule that may or may not match leaves its outcome open: the client chooses, a list of sources
 * that was not read decides, or nobody knows.
 */
export type Doubt = 'client-choice' | 'source-list' | 'unclear';

/** Which sources a rule matches: those it surely does, and those it may. */
export interface Matched {
  readonly surely: AddressSet;
  readonly perhaps: AddressSet;
  /** Why it may not; `null` where `perhaps` is empty. */
  readonly doubt: Doubt | null;
}

/** The same for every source, or told apart by it. */
type Holds = boolean | Doubt | Matched;

/** @returns `null` where it matches no source */
export function matchRule({ matches }: FilterRule, packet: Packet, machine: Machine): Matched | null {
  return matchAll(matches, packet, machine);
}

function matchAll(matches: readonly Match[], packet: Packet, machine: Machine): Matched | null {
  let doubt: Doubt | null = null;
  let parts: Matched[] | null = null;
  for (const match of matches) {
    const holds = holdsFor(match, packet, machine);
    if (holds === false) return null;
    if (holds === true) continue;
    if (typeof holds === 'string') doubt = worse(doubt, holds);
    else (parts ??= []).push(holds);
  }
  const whole = parts === null ? allOf(packet) : parts.reduce(both);
  if (whole.surely.length === 0 && whole.perhaps.length === 0) return null;
  if (doubt === null) return whole;
  const perhaps = whole.perhaps.length === 0 ? whole.surely : union([...whole.surely, ...whole.perhaps]);
  return { surely: [], perhaps, doubt: worse(doubt, whole.doubt) };
}

function allOf({ family }: Packet): Matched {
  return { surely: everyAddress(family), perhaps: [], doubt: null };
}

const none: Matched = { surely: [], perhaps: [], doubt: null };

function both(a: Matched, b: Matched): Matched {
  const surely = intersect(a.surely, b.surely);
  if (a.doubt === null && b.doubt === null) return { surely, perhaps: [], doubt: null };
  const possible = intersect(union([...a.surely, ...a.perhaps]), union([...b.surely, ...b.perhaps]));
  return { surely, perhaps: subtract(possible, surely), doubt: worse(a.doubt, b.doubt) };
}

function either(all: readonly Matched[]): Matched {
  const surely = union(all.flatMap((one) => one.surely));
  const perhaps = subtract(union(all.flatMap((one) => one.perhaps)), surely);
  return { surely, perhaps, doubt: all.reduce<Doubt | null>((most, { doubt }) => worse(most, doubt), null) };
}

function not({ surely, perhaps, doubt }: Matched, { family }: Packet): Matched {
  const rest = subtract(everyAddress(family), union([...surely, ...perhaps]));
  // Everybody outside a list is nearly everybody: only a plain list is one of a few.
  return { surely: rest, perhaps, doubt: doubt === 'source-list' ? 'unclear' : doubt };
}

const order: readonly (Doubt | null)[] = [null, 'client-choice', 'source-list', 'unclear'];

function worse(a: Doubt | null, b: Doubt | null): Doubt | null {
  return order.indexOf(a) > order.indexOf(b) ? a : b;
}

function holdsFor(match: Match, packet: Packet, machine: Machine): Holds {
  switch (match.on) {
    case 'source':
      return fromSource(match, packet);
    case 'protocol':
      if (match.family !== undefined && match.family !== packet.family) return false;
      return match.protocols.includes(packet.proto) !== match.negated;
    case 'family':
      return match.families.includes(packet.family) !== match.negated;
    case 'destination':
    case 'original-destination': {
      if (match.family !== packet.family) return false;
      const address = match.on === 'destination' ? packet.destination : packet.asked.destination;
      return contains(match.addresses, address) !== match.negated;
    }
    case 'destination-port':
      if (match.protocols.length > 0 && !match.protocols.includes(packet.proto)) return false;
      return inRanges(match.ports, packet.port) !== match.negated;
    case 'original-port':
      return inRanges(match.ports, packet.asked.port) !== match.negated;
    case 'interface':
      return isOneOf(packet.interface, match.names) !== match.negated;
    case 'out-interface':
      return isOneOf(packet.outInterface ?? '', match.names) !== match.negated;
    case 'state':
      return inState(match.states, packet) !== match.negated;
    case 'translated':
      return packet.translated !== match.negated;
    case 'mark':
      return hasMark(match, packet);
    case 'tcp-flags':
      return packet.proto === 'tcp' && isSyn(match.mask, match.set) !== match.negated;
    case 'destination-type':
      return isOfType(match, packet, machine);
    case 'source-type':
    case 'reverse-path':
      return bySource(match, packet, machine);
    case 'any':
      return anyOf(match, packet, machine);
    case 'fixed':
      return match.holds;
    case 'client-choice':
    case 'source-list':
    case 'unclear':
      return match.on;
  }
}

function fromSource({ family, addresses, negated }: Extract<Match, { on: 'source' }>, packet: Packet): Holds {
  if (family !== packet.family) return false;
  const surely = negated ? subtract(everyAddress(family), addresses) : addresses;
  return { surely, perhaps: [], doubt: null };
}

function hasMark({ of, mask, value, negated }: Extract<Match, { on: 'mark' }>, { marks }: Packet): Holds {
  const mark = marks[of];
  return mark === null ? 'unclear' : ((mark & mask) >>> 0 === value) !== negated;
}

function isOfType(
  { types, negated, onInterface }: Extract<Match, { types: unknown }>,
  { family, destination, interface: name }: Packet,
  machine: Machine,
): Holds {
  const type = machine.typeOf(family, destination, onInterface === true ? name : null);
  return type === null ? 'unclear' : types.includes(type) !== negated;
}

function bySource(
  match: Extract<Match, { types: unknown } | { strict: unknown }>,
  packet: Packet,
  machine: Machine,
): Holds {
  const { family, interface: name } = packet;
  const sets =
    match.on === 'reverse-path'
      ? [machine.routedBack(family, match.strict ? name : null)]
      : match.types.map((type) => machine.addressesOfType(family, type));
  const known = sets.filter((set) => set !== null);
  if (known.length < sets.length) return 'unclear';
  const found: Matched = { surely: union(known.flat()), perhaps: [], doubt: null };
  return match.negated ? not(found, packet) : found;
}

function anyOf(
  { of, negated, grows }: Extract<Match, { on: 'any' }>,
  packet: Packet,
  machine: Machine,
): Holds {
  const found = of.flatMap((matches) => matchAll(matches, packet, machine) ?? []);
  const listed = found.length === 0 ? none : either(found);
  const seen = grows ? mayGrow(listed, packet) : listed;
  const all = negated ? not(seen, packet) : seen;
  if (all.perhaps.length === 0 && all.surely.length === 0) return false;
  return all;
}

/** Whoever is not listed yet may be, once a rule has added him. */
function mayGrow({ surely, perhaps, doubt }: Matched, { family }: Packet): Matched {
  return {
    surely,
    perhaps: subtract(everyAddress(family), surely),
    doubt: perhaps.length === 0 ? 'source-list' : worse(doubt, 'source-list'),
  };
}

function inRanges(ranges: readonly (readonly [number, number])[], port: number): boolean {
  return ranges.some(([first, last]) => first <= port && port <= last);
}

/** A first packet is `new`, or `untracked`, and perhaps `dnat` besides. */
function inState(states: readonly string[], { tracked, translated }: Packet): boolean {
  return states.includes(tracked ? 'new' : 'untracked') || (translated && states.includes('dnat'));
}

/** Of the flags under the mask, a first TCP packet has SYN alone. */
function isSyn(mask: readonly string[], set: readonly string[]): boolean {
  const expected = mask.includes('syn') ? ['syn'] : [];
  return set.length === expected.length && expected.every((flag) => set.includes(flag));
}
