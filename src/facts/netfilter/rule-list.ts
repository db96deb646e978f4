import type { AddressSet } from './addresses.ts';
import { contains, intersect, union } from './addresses.ts';
import type { Packet } from './packet.ts';
import { portsBetween } from './port-classes.ts';
import type { FilterRule, Match, PortRange } from './ruleset.ts';

/** A rule, or many that differ in nothing but their sources. */
export interface CompiledRule extends FilterRule {
  /** In the words of its owner. */
  readonly text: string;
  /** The words of the first rule that takes one of these sources. */
  readonly textFor: (sources: AddressSet) => string;
}

/** A rule of a list, with what is asked of it again and again. */
interface Entry {
  readonly rule: FilterRule;
  readonly index: number;
  /** The ports between which it can match at all. */
  readonly ports: PortRange;
  /** The same of the port that was asked for before NAT. */
  readonly askedPorts: PortRange;
  /** The addresses that it can match at all; `null`: any. */
  readonly destination: AddressSet | null;
  /** All but its one plain source, as text; `null` for a rule that is more than that and an end. */
  readonly key: string | null;
  readonly sources: AddressSet;
}

/** One or more entries as one rule, and between which places of the list they stood. */
interface Joined {
  readonly rule: CompiledRule;
  readonly first: number;
  readonly last: number;
  /** `null`: not told apart by them. */
  readonly sources: AddressSet | null;
}

/**
 * The rules of a list that a packet may match by where it goes, in an order that comes to the same.
 *
 * Thousands of rules are asked about hundreds of places: those for every place (a ban list) are joined once,
 * and those of one are put in between.
 */
export function listByPlace(rules: readonly FilterRule[]): (packet: Packet) => readonly CompiledRule[] {
  const entries = rules.map(entryOf);
  const common = joined(entries.filter(isForEveryPlace));
  const find = finderIn(entries.filter((entry) => !isForEveryPlace(entry)));
  const known = new Map<string, readonly CompiledRule[]>();
  return (packet) => {
    const here = find(packet);
    const key = here.map(({ index }) => index).join(' ');
    const before = known.get(key);
    if (before !== undefined) return before;
    const found = putBetween(common, here) ?? joined(among(entries, here));
    const list = found.map(({ rule }) => rule);
    known.set(key, list);
    return list;
  };
}

/** Those for every place and these. */
function among(entries: readonly Entry[], special: readonly Entry[]): readonly Entry[] {
  const chosen = new Set(special);
  return entries.filter((entry) => isForEveryPlace(entry) || chosen.has(entry));
}

/** Those that take a packet, in their order: the ones for a single place are looked up, and only the others tried. */
function finderIn(entries: readonly Entry[]): (packet: Packet) => readonly Entry[] {
  const destinations = new Map<bigint, Entry[]>();
  const ports = new Map<number, Entry[]>();
  const askedPorts = new Map<number, Entry[]>();
  const wider: Entry[] = [];
  for (const entry of entries) {
    const [only] = entry.destination ?? [];
    if (entry.destination?.length === 1 && only !== undefined && only.first === only.last)
      put(destinations, only.first, entry);
    else if (entry.ports[0] === entry.ports[1]) put(ports, entry.ports[0], entry);
    else if (entry.askedPorts[0] === entry.askedPorts[1]) put(askedPorts, entry.askedPorts[0], entry);
    else wider.push(entry);
  }
  return (packet) => {
    const candidates = [
      destinations.get(packet.destination),
      ports.get(packet.port),
      askedPorts.get(packet.asked.port),
      wider,
    ];
    const found = candidates.flatMap((list) => list?.filter((entry) => takes(entry, packet)) ?? []);
    return found.length < 2 ? found : found.toSorted((a, b) => a.index - b.index);
  };
}

function put<Key>(lists: Map<Key, Entry[]>, key: Key, entry: Entry): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [entry]);
  else list.push(entry);
}

function isForEveryPlace({ ports, askedPorts, destination }: Entry): boolean {
  return destination === null && [ports, askedPorts].every(([low, high]) => high - low >= 65_535);
}

/** A rule for one of Docker's addresses is tried for that one alone: nothing in a chain changes where a packet goes. */
function takes({ ports, askedPorts, destination }: Entry, packet: Packet): boolean {
  return (
    isBetween(packet.port, ports) &&
    isBetween(packet.asked.port, askedPorts) &&
    (destination === null || contains(destination, packet.destination))
  );
}

function isBetween(port: number, [low, high]: PortRange): boolean {
  return low <= port && port <= high;
}

/** @returns `null` where an entry cannot come behind all of a joined rule that began before it */
function putBetween(common: readonly Joined[], special: readonly Entry[]): readonly Joined[] | null {
  const groups = new Map<number, Entry[]>();
  for (const entry of special) {
    const at = firstBehind(common, entry.index);
    const overtaken = common.slice(0, at).filter(({ last }) => last > entry.index);
    if (overtaken.some(({ sources }) => mayMeet(sources, entry))) return null;
    groups.set(at, [...(groups.get(at) ?? []), entry]);
  }
  const found: (readonly Joined[])[] = [];
  let from = 0;
  for (const [at, entries] of groups) {
    found.push(common.slice(from, at), joined(entries));
    from = at;
  }
  return [...found, common.slice(from)].flat();
}

function mayMeet(sources: AddressSet | null, { key, sources: own }: Entry): boolean {
  return key === null || sources === null || intersect(sources, own).length > 0;
}

/** How many of them begin before that place; joined rules are in the order of their first. */
function firstBehind(common: readonly Joined[], index: number): number {
  let low = 0;
  let high = common.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((common[middle]?.first ?? 0) < index) low = middle + 1;
    else high = middle;
  }
  return low;
}

function entryOf(rule: FilterRule, index: number): Entry {
  const source = rule.matches.find(plainSource);
  return {
    rule,
    index,
    ports: portsBetween(rule.matches, 'destination-port'),
    askedPorts: portsBetween(rule.matches, 'original-port'),
    destination: rule.matches.find(plainDestination)?.addresses ?? null,
    key: keyWithoutSource(rule),
    sources: source?.addresses ?? [],
  };
}

function plainSource(match: Match): match is Extract<Match, { on: 'source' }> {
  return match.on === 'source' && !match.negated;
}

function plainDestination(match: Match): match is Extract<Match, { on: 'destination' }> {
  return match.on === 'destination' && !match.negated;
}

function keyWithoutSource({ matches, effects, target }: FilterRule): string | null {
  const ends = ['accept', 'drop', 'reject'].includes(target.kind);
  if (!ends || effects.length > 0 || matches.filter(plainSource).length !== 1) return null;
  const others = matches.filter((match) => !plainSource(match));
  return JSON.stringify([target, others], (_, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
}

/**
 * Joins rules that differ in their source alone: a ban list is one rule. One may move before others that
 * take none of its sources.
 */
function joined(entries: readonly Entry[]): readonly Joined[] {
  const found: Joined[] = [];
  let run: Entry[] = [];
  let between: Entry[] = [];
  const flush = () => {
    if (run.length > 0) found.push(joinedRule(run));
    const rest = between;
    run = [];
    between = [];
    if (rest.length > 0) found.push(...joined(rest));
  };
  for (const entry of entries) {
    if (entry.key === null) {
      flush();
      found.push(single(entry));
    } else if (run.length === 0) run = [entry];
    else if (entry.key !== run[0]?.key) between.push(entry);
    else if (between.some(({ sources }) => intersect(sources, entry.sources).length > 0)) {
      flush();
      run = [entry];
    } else run.push(entry);
    // What lies between is looked through again and again: a few is enough.
    if (between.length > mostBetween) flush();
  }
  flush();
  return found;
}

const mostBetween = 32;

function single({ rule, index, key, sources }: Entry): Joined {
  const compiled = { ...rule, textFor: () => rule.text };
  return { rule: compiled, first: index, last: index, sources: key === null ? null : sources };
}

function joinedRule(entries: readonly Entry[]): Joined {
  const [first] = entries;
  if (first === undefined) throw new Error('no rule to join');
  if (entries.length === 1) return single(first);
  const { rule, index } = first;
  const source = rule.matches.find(plainSource);
  const addresses = union(entries.flatMap(({ sources }) => sources));
  const compiled: CompiledRule = {
    ...rule,
    matches: [
      ...(source === undefined ? [] : [{ ...source, addresses }]),
      ...rule.matches.filter((match) => !plainSource(match)),
    ],
    textFor: (asked) =>
      entries.find(({ sources }) => intersect(sources, asked).length > 0)?.rule.text ?? rule.text,
  };
  return { rule: compiled, first: index, last: entries.at(-1)?.index ?? index, sources: addresses };
}
