import { remembered } from '../remember.ts';
import type { AddressSet } from './addresses.ts';
import { contains } from './addresses.ts';
import type { PortBounds } from './port-classes.ts';
import { portBoundsOf } from './port-classes.ts';
import type { FilterRule, Match } from './ruleset.ts';

/** What the rules of one chain can tell apart, whatever all others do. */
export interface Distinctions {
  /** Which conditions on the destination hold for an address, in a text; `''` where none does. */
  readonly addressClass: (address: bigint) => string;
  readonly portBounds: PortBounds;
  /** Whether a port is sent on to one that depends on it: no two are alike. */
  readonly shifts: boolean;
  /** Names and patterns of interfaces that packets come in on. */
  readonly interfaces: readonly string[];
  /** Whether something asks for the interface in another way than by its name. */
  readonly asksInterface: boolean;
  /** Whether something asks if the interface has the address that a packet goes to. */
  readonly asksOwner: boolean;
  readonly redirects: boolean;
  /** Where NAT sends to: from there the same NAT does nothing. */
  readonly translatedTo: ReadonlySet<bigint | null>;
}

/** Remembered by the list itself: of a ruleset that one rule is added to, the other chains are as they were. */
export const distinctionsOf = remembered((rules: readonly FilterRule[]): Distinctions => {
  const matches = rules.flatMap((rule) => rule.matches.flatMap(flat));
  const destinations = matches.flatMap((match) =>
    match.on === 'destination' || match.on === 'original-destination' ? [match.addresses] : [],
  );
  const translations = rules.flatMap(({ target }) => (target.kind === 'dnat' ? target.to : []));
  const redirects = rules.some(({ target }) => target.kind === 'redirect');
  return {
    addressClass: classesBy(destinations),
    portBounds: portBoundsOf(rules, matches),
    shifts: translations.some(({ shifted }) => shifted !== undefined),
    interfaces: [...new Set(matches.flatMap((match) => (match.on === 'interface' ? match.names : [])))],
    asksInterface: redirects || matches.some((match) => asksOwner(match) || asksWayBack(match)),
    asksOwner: matches.some(asksOwner),
    redirects,
    translatedTo: new Set(translations.map(({ address }) => address)),
  };
});

function flat(match: Match): readonly Match[] {
  return match.on === 'any' ? match.of.flat().flatMap(flat) : [match];
}

function asksWayBack(match: Match): boolean {
  return match.on === 'reverse-path' && match.strict;
}

function asksOwner(match: Match): boolean {
  return (match.on === 'destination-type' || match.on === 'source-type') && match.onInterface === true;
}

/** Docker has a rule for each container: those for one address are looked up, and only the others tried. */
function classesBy(sets: readonly AddressSet[]): (address: bigint) => string {
  const single = new Map<bigint, number[]>();
  const others: [AddressSet, number][] = [];
  for (const [index, set] of sets.entries()) {
    const [only] = set;
    if (set.length !== 1 || only === undefined || only.first !== only.last) others.push([set, index]);
    else single.set(only.first, [...(single.get(only.first) ?? []), index]);
  }
  return (address) => {
    const tried = others.flatMap(([set, index]) => (contains(set, address) ? [index] : []));
    return [...(single.get(address) ?? []), ...tried].join(' ');
  };
}
