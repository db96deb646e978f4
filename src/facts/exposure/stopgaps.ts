import type { Stopgap } from '../../engine/check.ts';
import { defineFact } from '../../engine/fact.ts';
import type { Exposure } from '../../engine/report.ts';
import { renderMessage } from '../../engine/template.ts';
import type { Evidence } from '../../host/evidence.ts';
import { known } from '../../host/evidence.ts';
import { firewallFact } from '../firewall/firewall.ts';
import { parseNftTokens } from '../firewall/nft-language/ruleset.ts';
import { tokensOf } from '../firewall/nft-language/tokens.ts';
import { listenersFact } from '../listeners/listeners.ts';
import { addressOf } from '../netfilter/addresses.ts';
import { parseIptablesRule } from '../netfilter/iptables/rule.ts';
import { netfilterOf } from '../netfilter/machine.ts';
import type { Ruleset, Table } from '../netfilter/ruleset.ts';
import { workloadsFact } from '../workloads/workloads.ts';
import { answersOf } from './answer.ts';
import { scopeOf } from './describe.ts';
import type { Door } from './door.ts';
import { doorsOf } from './door.ts';
import type { Network } from './network.ts';
import { networkFact } from './network.ts';
import type { StopgapTemplate } from './stopgap-catalogue.ts';
import { stopgaps } from './stopgap-catalogue.ts';

/**
 * The commands that close an exposure on this machine, by its own rules: each candidate's rules are added to
 * the ruleset, and the first with which nobody else gets in any more is the answer. `null`: none does, or the
 * rules were not seen.
 */
export interface Stopgaps {
  readonly closing: (exposure: Exposure) => Stopgap | null;
}

export const stopgapsFact = defineFact<Stopgaps>({
  id: 'stopgaps',
  gather: async (_host, read) => {
    const [firewall, network, listeners, workloads] = await Promise.all([
      read(firewallFact),
      read(networkFact),
      read(listenersFact),
      read(workloadsFact),
    ]);
    if (firewall.state === 'unknown' || network.state === 'unknown' || listeners.state === 'unknown') {
      return known({ closing: () => null }, 'the firewall');
    }
    const doors = doorsOf(listeners.value, workloads.state === 'known' ? workloads.value : []);
    const after = rememberedChanges(firewall.value, network.value);
    const closing = (exposure: Exposure): Stopgap | null => {
      const door = doors.find((one) => isDoorOf(one, exposure));
      return door === undefined ? null : choose(door, exposure, after);
    };
    return known({ closing }, 'the firewall');
  },
});

/** The commands for an exposure, if there are any. */
export function closingOf(stopgaps: Evidence<Stopgaps>, exposure: Exposure): Stopgap | null {
  return stopgaps.state === 'known' ? stopgaps.value.closing(exposure) : null;
}

function isDoorOf({ proto, address, port, container }: Door, exposure: Exposure): boolean {
  const workload = container?.workload.name ?? null;
  return (
    proto === exposure.proto &&
    address === exposure.address &&
    port === exposure.port &&
    workload === exposure.workload &&
    (container === null) === (exposure.kind === 'socket')
  );
}

/** The network with what a stopgap adds; `null` where it adds nothing. */
type Changed = (stopgap: StopgapTemplate, values: Stopgap['data']) => Network | null;

/** A port of several addresses is closed by the same rules. */
function rememberedChanges(ruleset: Ruleset, { interfaces, net, gaps }: Network): Changed {
  const known = new Map<string, Network | null>();
  return (stopgap, values) => {
    const key = `${stopgap.id} ${renderMessage('nft' in stopgap ? stopgap.nft : stopgap.iptables, values)}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const changed = withRules(ruleset, stopgap, values);
    const after =
      changed === null ? null : { interfaces, net: netfilterOf(changed, interfaces, net.routing), gaps };
    known.set(key, after);
    return after;
  };
}

function choose(door: Door, exposure: Exposure, changed: Changed): Stopgap | null {
  const values = dataOf(exposure);
  for (const stopgap of stopgaps()) {
    if (!stopgap.doors.includes(exposure.kind)) continue;
    const after = changed(stopgap, values);
    if (after !== null && isClosed(door, after)) {
      return { fix: { ...noCommands, ...stopgap.fix }, data: values };
    }
  }
  return null;
}

const noCommands = { commands: [], verify: [], undo: [] };

function isClosed(door: Door, after: Network): boolean {
  return ['loopback', 'containers'].includes(scopeOf(answersOf(door, after)));
}

/** What the templates name. */
function dataOf({ kind, proto, port, address, reachableFrom }: Exposure) {
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

/** The ruleset with what the commands add; `null` where there is no such chain, or the rule was not read. */
function withRules(ruleset: Ruleset, stopgap: StopgapTemplate, values: Stopgap['data']): Ruleset | null {
  if ('nft' in stopgap) {
    const text = renderMessage(stopgap.nft, values);
    const file = parseNftTokens(tokensOf({ path: 'stopgap', text }), (word) => word, 'stopgap');
    return 'wrong' in file ? null : { ...ruleset, tables: [...ruleset.tables, ...file.tables] };
  }
  const rule = renderMessage(stopgap.iptables, values);
  const tables = ruleset.tables.map((table) => withFirst(table, stopgap.chains, rule));
  return tables.every((table, index) => table === ruleset.tables[index]) ? null : { ...ruleset, tables };
}

function withFirst(table: Table, names: readonly string[], args: string): Table {
  const { family, chains } = table;
  const found = names.filter((name) => chains.has(name));
  if (found.length === 0 || (family !== 'ip' && family !== 'ip6')) return table;
  const changed = Array.from(chains.values(), (chain) => {
    if (!found.includes(chain.name)) return chain;
    const at = { text: `-A ${chain.name} ${args}`, line: 1 };
    return { ...chain, rules: [parseIptablesRule(args, family, at, null), ...chain.rules] };
  });
  return { ...table, chains: new Map(changed.map((chain) => [chain.name, chain])) };
}
