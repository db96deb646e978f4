import type { Exposure } from '../../engine/report.ts';
import { renderMessage } from '../../engine/template.ts';
import { parseNftTokens } from '../firewall/nft-language/ruleset.ts';
import { tokensOf } from '../firewall/nft-language/tokens.ts';
import type { Family } from '../netfilter/addresses.ts';
import { addressOf } from '../netfilter/addresses.ts';
import { parseIptablesRule } from '../netfilter/iptables/rule.ts';
import { withRuleset } from '../netfilter/machine.ts';
import type { Ruleset, Table } from '../netfilter/ruleset.ts';
import { remembered, rememberingLast } from '../remember.ts';
import { translatedPorts } from './entrance.ts';
import type { AnsweredDoor } from './exposure.ts';
import type { Network } from './network.ts';
import type { StopgapTemplate } from './stopgap-catalogue.ts';

/** What the templates name. */
export interface StopgapData extends Readonly<Record<string, string | number>> {
  readonly proto: Exposure['proto'];
  readonly port: number;
  readonly address: string;
  readonly family: Family;
}

export function dataOf({ kind, proto, port, address, reachableFrom }: Exposure): StopgapData {
  const far = reachableFrom.find(({ scopes }) => scopes.some((scope) => scope !== 'containers'));
  const family = addressOf(address)?.family ?? 'ip';
  const place =
    kind === 'container'
      ? `${far?.interface ?? ''}_${address.replaceAll(':', '_')}`
      : `${proto}_${String(port)}`;
  return {
    ...{ proto, port, address, family, interface: far?.interface ?? '' },
    iptables: family === 'ip' ? 'iptables' : 'ip6tables',
    table: `aisec_until_${place}`,
  };
}

/** The machine as it would be for these doors with what a stopgap adds; `null` where it adds nothing. */
export type Trial = (
  stopgap: StopgapTemplate,
  data: StopgapData,
  doors: readonly AnsweredDoor[],
) => Network | null;

/**
 * A stopgap's rule is tried together with those for all other doors where none of these can be about a packet to the
 * doors in question: one ruleset then answers for all.
 *
 * @param open - every door that may be asked about
 */
export function trialsOf(ruleset: Ruleset, network: Network, open: readonly AnsweredDoor[]): Trial {
  const alone = rememberedTrials(ruleset, network);
  const together = remembered((stopgap: RuleTemplate) => {
    const rules = apartFrom(stopgap, open);
    return { rules, after: withRules(ruleset, network, stopgap.chains, [...rules.values()]) };
  });
  return (stopgap, data, doors) => {
    if ('nft' in stopgap) return alone(stopgap, data);
    const { rules, after } = together(stopgap);
    const place = placeOf(stopgap, data);
    const isApart =
      rules.get(place)?.text === ruleOf(stopgap, data).text &&
      doors.every(
        (each) => placeOf(stopgap, dataOf(each.exposure)) === place && isEnteredThere(stopgap, each, network),
      );
    return isApart ? after : alone(stopgap, data);
  };
}

type RuleTemplate = Extract<StopgapTemplate, { readonly iptables: string }>;

interface AddedRule {
  readonly text: string;
  /** `null`: for both. */
  readonly family: Family | null;
}

/** The rules for all doors by what they are about, but for places that two rules are about. */
function apartFrom(stopgap: RuleTemplate, open: readonly AnsweredDoor[]): ReadonlyMap<string, AddedRule> {
  const rules = new Map<string, AddedRule>();
  const shared = new Set<string>();
  for (const { exposure } of open) {
    if (!stopgap.doors.includes(exposure.kind)) continue;
    const data = dataOf(exposure);
    const place = placeOf(stopgap, data);
    const rule = ruleOf(stopgap, data);
    const other = rules.get(place);
    if (other !== undefined && other.text !== rule.text) shared.add(place);
    rules.set(place, rule);
  }
  for (const place of shared) rules.delete(place);
  return rules;
}

/** Packets to another place do not meet the rule. */
function placeOf({ about }: RuleTemplate, { proto, port, address }: StopgapData): string {
  return about === 'address' ? address : `${proto} ${String(port)}`;
}

function ruleOf({ about, iptables }: RuleTemplate, data: StopgapData): AddedRule {
  return { text: renderMessage(iptables, data), family: about === 'address' ? data.family : null };
}

/** Whether NAT leads nobody to a door who asked for another port, which may be the one of another rule. */
function isEnteredThere({ about }: RuleTemplate, { door }: AnsweredDoor, { net }: Network): boolean {
  if (about === 'address') return true;
  return (['ip', 'ip6'] as const).every((family) =>
    translatedPorts(door, family, net).every((port) => port === door.port),
  );
}

/** Each is a whole ruleset, and a port of several addresses is closed by the same rules. */
const mostKnown = 4;

function rememberedTrials(ruleset: Ruleset, network: Network) {
  const known = rememberingLast<Network | null>(mostKnown);
  return (stopgap: StopgapTemplate, data: StopgapData): Network | null => {
    const text = renderMessage('nft' in stopgap ? stopgap.nft : stopgap.iptables, data);
    return known(`${stopgap.id} ${text}`, () =>
      'nft' in stopgap
        ? withTable(ruleset, network, text)
        : withRules(ruleset, network, stopgap.chains, [ruleOf(stopgap, data)]),
    );
  };
}

/** `null` where the table was not read. */
function withTable(ruleset: Ruleset, network: Network, text: string): Network | null {
  const file = parseNftTokens(tokensOf({ path: 'stopgap', text }), (word) => word, 'stopgap');
  if ('wrong' in file) return null;
  const tables = [...ruleset.tables, ...file.tables];
  return { ...network, net: withRuleset(network.net, { ...ruleset, tables }) };
}

/** `null` where there is none of these chains. */
function withRules(
  ruleset: Ruleset,
  network: Network,
  chains: readonly string[],
  rules: readonly AddedRule[],
): Network | null {
  const tables = ruleset.tables.map((table) => withFirst(table, chains, rules));
  if (tables.every((table, index) => table === ruleset.tables[index])) return null;
  return { ...network, net: withRuleset(network.net, { ...ruleset, tables }) };
}

function withFirst(table: Table, names: readonly string[], rules: readonly AddedRule[]): Table {
  const { family, chains } = table;
  if (family !== 'ip' && family !== 'ip6') return table;
  const found = names.filter((name) => chains.has(name));
  const added = rules.filter((rule) => rule.family === null || rule.family === family);
  if (found.length === 0 || added.length === 0) return table;
  const changed = Array.from(chains.values(), (chain) => {
    if (!found.includes(chain.name)) return chain;
    const first = added.map(({ text }) =>
      parseIptablesRule(text, family, { text: `-A ${chain.name} ${text}`, line: 1 }, null),
    );
    return { ...chain, rules: [...first, ...chain.rules] };
  });
  return { ...table, chains: new Map(changed.map((chain) => [chain.name, chain])) };
}
