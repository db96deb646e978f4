import type { AddressSet } from './addresses.ts';
import { intersect, union } from './addresses.ts';
import type { Packet } from './packet.ts';
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
 * The rules of a list that a packet to a port may match, in an order that comes to the same.
 *
 * Thousands of rules are asked about hundreds of ports: those for every port (a ban list) are joined once,
 * and those of one port are put in between.
 */
export function listByPort(rules: readonly FilterRule[]): (packet: Packet) => readonly CompiledRule[] {
  const entries = rules.map(entryOf);
  const common = joined(entries.filter(isForEveryPort));
  const special = entries.filter((entry) => !isForEveryPort(entry));
  // Numbers side by side are quick to compare.
  const lowest = Int32Array.from(special, ({ ports }) => ports[0]);
  const highest = Int32Array.from(special, ({ ports }) => ports[1]);
  const known = new Map<string, readonly CompiledRule[]>();
  return ({ port }) => {
    const here: Entry[] = [];
    for (const [index, entry] of special.entries()) {
      if ((lowest[index] ?? 0) <= port && port <= (highest[index] ?? 0)) here.push(entry);
    }
    const key = here.map(({ index }) => index).join(' ');
    const before = known.get(key);
    if (before !== undefined) return before;
    const found = putBetween(common, here) ?? joined(entries.filter((one) => takesPort(one, port)));
    const list = found.map(({ rule }) => rule);
    known.set(key, list);
    return list;
  };
}

function isForEveryPort({ ports: [low, high] }: Entry): boolean {
  return high - low >= 65_535;
}

function takesPort({ ports: [low, high] }: Entry, port: number): boolean {
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
    ports: rule.matches.reduce<PortRange>(
      ([first, last], match) => {
        if (match.on !== 'destination-port' || match.negated) return [first, last];
        const from = Math.min(...match.ports.map(([one]) => one));
        const to = Math.max(...match.ports.map(([, one]) => one));
        return [Math.max(first, from), Math.min(last, to)];
      },
      [0, 65_535],
    ),
    key: keyWithoutSource(rule),
    sources: source?.addresses ?? [],
  };
}

function plainSource(match: Match): match is Extract<Match, { on: 'source' }> {
  return match.on === 'source' && !match.negated;
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
