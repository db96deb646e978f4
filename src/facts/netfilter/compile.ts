import type { AddressSet } from './addresses.ts';
import { intersect, union } from './addresses.ts';
import { isOneOf } from './interface-name.ts';
import { ownerWords } from './owner-words.ts';
import type { Packet } from './packet.ts';
import type { Chain, FilterRule, Match, PortRange, Ruleset, Table } from './ruleset.ts';

/** A rule, or many that differ in nothing but their sources. */
export interface CompiledRule extends FilterRule {
  /** In the words of its owner. */
  readonly text: string;
  /** The words of the first rule that takes one of these sources. */
  readonly textFor: (sources: AddressSet) => string;
}

export interface CompiledChain extends Omit<Chain, 'rules'> {
  /** Those that a packet may match, in an order that comes to the same. */
  readonly rulesFor: (packet: Packet) => readonly CompiledRule[];
}

export interface CompiledTable extends Omit<Table, 'chains'> {
  readonly chains: ReadonlyMap<string, CompiledChain>;
  /** Whether any of its rules changes a mark. */
  readonly marks: boolean;
}

/** A ruleset made quick to walk: long lists of sources become one rule. */
export function compileRuleset({ tables }: Ruleset): readonly CompiledTable[] {
  return tables.map((table) => ({
    ...table,
    chains: new Map(Array.from(table.chains, ([name, chain]) => [name, compileChain(table, chain)])),
    marks: [...table.chains.values()].some(({ rules }) => rules.some(({ effects }) => effects.length > 0)),
  }));
}

function compileChain(table: Table, { name, base, rules }: Chain): CompiledChain {
  const worded = rules.map((rule) => ({ ...rule, text: ownerWords(table, name, rule) }));
  const lists = new Map<string, (packet: Packet) => readonly CompiledRule[]>();
  return {
    name,
    base,
    rulesFor: (packet) => {
      const key = `${packet.family} ${packet.proto} ${packet.interface}`;
      const list = lists.get(key) ?? listFor(worded.filter((rule) => mayMatch(rule, packet)));
      lists.set(key, list);
      return list(packet);
    },
  };
}

function mayMatch({ matches }: FilterRule, packet: Packet): boolean {
  return matches.every((match) => mayHold(match, packet));
}

/** Whether a match can hold for any packet of this family and protocol from this interface. */
function mayHold(match: Match, { family, proto, interface: name }: Packet): boolean {
  switch (match.on) {
    case 'source':
    case 'destination':
    case 'original-destination':
      return match.family === family;
    case 'family':
      return match.families.includes(family) !== match.negated;
    case 'protocol':
      if (match.family !== undefined && match.family !== family) return false;
      return match.protocols.includes(proto) !== match.negated;
    case 'destination-port':
      return match.protocols.length === 0 || match.protocols.includes(proto);
    case 'interface':
      return isOneOf(name, match.names) !== match.negated;
    case 'fixed':
      return match.holds;
    default:
      return true;
  }
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

function listFor(rules: readonly FilterRule[]): (packet: Packet) => readonly CompiledRule[] {
  const entries = rules.map(entryOf);
  // Thousands of rules are looked through for every port: numbers side by side are quick to compare.
  const lowest = Int32Array.from(entries, ({ ports }) => ports[0]);
  const highest = Int32Array.from(entries, ({ ports }) => ports[1]);
  const byPort = new Map<string, readonly CompiledRule[]>();
  const runs = new Map<string, CompiledRule>();
  return ({ port }) => {
    const special: number[] = [];
    for (let index = 0; index < entries.length; index += 1) {
      const [low = 0, high = 0] = [lowest[index], highest[index]];
      if (low <= port && port <= high && high - low < 65_535) special.push(index);
    }
    const key = special.join(' ');
    const before = byPort.get(key);
    if (before !== undefined) return before;
    const matching = entries.filter(({ ports: [low, high] }) => low <= port && port <= high);
    const found = joined(matching, runs);
    byPort.set(key, found);
    return found;
  };
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
function joined(entries: readonly Entry[], runs: Map<string, CompiledRule>): readonly CompiledRule[] {
  const found: CompiledRule[] = [];
  let run: Entry[] = [];
  let between: Entry[] = [];
  const flush = () => {
    if (run.length > 0) found.push(joinedRule(run, runs));
    const rest = between;
    run = [];
    between = [];
    if (rest.length > 0) found.push(...joined(rest, runs));
  };
  for (const entry of entries) {
    if (entry.key === null) {
      flush();
      found.push({ ...entry.rule, textFor: () => entry.rule.text });
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

function joinedRule(entries: readonly Entry[], runs: Map<string, CompiledRule>): CompiledRule {
  const [first] = entries;
  if (first === undefined) throw new Error('no rule to join');
  const { rule } = first;
  if (entries.length === 1) return { ...rule, textFor: () => rule.text };
  const key = `${String(first.index)} ${String(entries.at(-1)?.index)} ${String(entries.length)}`;
  const before = runs.get(key);
  if (before !== undefined) return before;
  const source = rule.matches.find(plainSource);
  const addresses = union(entries.flatMap(({ sources }) => sources));
  const made: CompiledRule = {
    ...rule,
    matches: [
      ...(source === undefined ? [] : [{ ...source, addresses }]),
      ...rule.matches.filter((match) => !plainSource(match)),
    ],
    textFor: (asked) =>
      entries.find(({ sources }) => intersect(sources, asked).length > 0)?.rule.text ?? rule.text,
  };
  runs.set(key, made);
  return made;
}
