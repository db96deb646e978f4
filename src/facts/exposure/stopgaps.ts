import type { Stopgap } from '../../engine/check.ts';
import { defineFact } from '../../engine/fact.ts';
import type { Exposure } from '../../engine/report.ts';
import { renderMessage } from '../../engine/template.ts';
import type { Evidence } from '../../host/evidence.ts';
import { known } from '../../host/evidence.ts';
import { aiServicesFact } from '../catalogue/ai-services-fact.ts';
import type { AiService } from '../catalogue/ai-services.ts';
import { exposuresOf } from '../catalogue/service-behind.ts';
import { firewallFact } from '../firewall/firewall.ts';
import { parseNftTokens } from '../firewall/nft-language/ruleset.ts';
import { tokensOf } from '../firewall/nft-language/tokens.ts';
import { addressOf } from '../netfilter/addresses.ts';
import { followerOf } from '../netfilter/alike.ts';
import { parseIptablesRule } from '../netfilter/iptables/rule.ts';
import { withRuleset } from '../netfilter/machine.ts';
import type { Ruleset, Table } from '../netfilter/ruleset.ts';
import { remembered } from '../remember.ts';
import { answersOf } from './answer.ts';
import { scopeOf } from './describe.ts';
import { translatedPorts } from './entrance.ts';
import type { AnsweredDoor } from './exposure.ts';
import { answeredDoorsFact, exposureFact } from './exposure.ts';
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
  /** For every door of a service that others come in by; a port of several addresses is closed at once if it can be. */
  readonly closingService: (service: AiService) => readonly Stopgap[];
}

export const stopgapsFact = defineFact<Stopgaps>({
  id: 'stopgaps',
  gather: async (_host, read) => {
    const [firewall, network, answered, exposures, services] = await Promise.all([
      read(firewallFact),
      read(networkFact),
      read(answeredDoorsFact),
      read(exposureFact),
      read(aiServicesFact),
    ]);
    if (firewall.state === 'unknown' || network.state === 'unknown' || answered.state === 'unknown') {
      return known({ closing: () => null, closingService: () => [] }, 'the firewall');
    }
    const doors = new Map(answered.value.map((each) => [each.exposure, each]));
    const chosen = rememberedChoices(firewall.value, network.value);
    const closingAll = (exposure: Exposure, beside: readonly Exposure[]) => {
      if (carriesTunnel(exposure, network.value)) return null;
      const meant = beside.flatMap((one) => doors.get(one) ?? []);
      return meant.length === 0 ? null : chosen(meant, exposure);
    };
    // Several findings may be about one exposure.
    const closing = remembered((exposure: Exposure) => closingAll(exposure, [exposure]));
    const closingService = remembered((service: AiService) => {
      if (exposures.state === 'unknown' || services.state === 'unknown') return [];
      const own = exposuresOf(service, exposures.value, services.value);
      const open = new Set(own.filter(({ scope }) => !isNear(scope)));
      const found: Stopgap[] = [];
      for (const exposure of open) {
        const beside = [...open].filter((other) => isSamePort(other, exposure));
        const all = beside.length === 1 ? null : closingAll(exposure, beside);
        if (all !== null) for (const one of beside) open.delete(one);
        const stopgap = all ?? closing(exposure);
        if (stopgap !== null) found.push(stopgap);
      }
      return found;
    });
    return known({ closing, closingService }, 'the firewall');
  },
});

/** Programs whose UDP ports a VPN runs over. */
const tunnels: ReadonlySet<string> = new Set(
  'tailscaled zerotier-one openvpn charon charon-systemd pluto nebula netbird wireguard-go boringtun'.split(
    ' ',
  ),
);

/** Whether a VPN runs, or may, over a port: closing it cuts off who works over the VPN. WireGuard's is the kernel's own. */
function carriesTunnel({ proto, process }: Exposure, { interfaces }: Network): boolean {
  if (proto !== 'udp') return false;
  return process === null ? interfaces.some(({ kind }) => kind === 'vpn') : tunnels.has(process);
}

/** The commands for an exposure, if there are any. */
export function closingOf(stopgaps: Evidence<Stopgaps>, exposure: Exposure): readonly Stopgap[] {
  const stopgap = stopgaps.state === 'known' ? stopgaps.value.closing(exposure) : null;
  return stopgap === null ? [] : [stopgap];
}

/** The network with what a stopgap adds; `null` where it adds nothing. */
type Changed = (stopgap: StopgapTemplate, values: Stopgap['data']) => Network | null;

/** Each is a whole ruleset, and those of one service are asked for together. */
const mostKnown = 4;

/** A port of several addresses is closed by the same rules. */
function rememberedChanges(ruleset: Ruleset, { interfaces, net, gaps }: Network): Changed {
  const known = new Map<string, Network | null>();
  return (stopgap, values) => {
    const key = `${stopgap.id} ${renderMessage('nft' in stopgap ? stopgap.nft : stopgap.iptables, values)}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    if (known.size >= mostKnown) known.clear();
    const changed = withRules(ruleset, stopgap, values);
    const after =
      changed === null ? null : { interfaces, net: withRuleset(net, changed), gaps };
    known.set(key, after);
    return after;
  };
}

type Choose = (doors: readonly AnsweredDoor[], exposure: Exposure) => Stopgap | null;

/** Doors that no rule and no route tells apart are closed by the same stopgap. */
function rememberedChoices(ruleset: Ruleset, network: Network): Choose {
  const changed = rememberedChanges(ruleset, network);
  const known = new Map<string, StopgapTemplate | null>();
  return (doors, exposure) => {
    const data = dataOf(exposure);
    const [door] = doors;
    const alike = door === undefined || doors.length > 1 ? null : classOf(door, network);
    const before = alike === null ? undefined : known.get(alike);
    const choice =
      before ??
      stopgaps().find((stopgap) => {
        if (!stopgap.doors.includes(exposure.kind)) return false;
        const after = changed(stopgap, data);
        return after !== null && doors.every((one) => isClosed(one, after));
      }) ??
      null;
    if (alike !== null) known.set(alike, choice);
    return choice === null ? null : { fix: { ...noCommands, ...choice.fix }, data };
  };
}

/**
 * What rules and routes can tell of a container's own address, and who comes in by it; `null` for any other door.
 * An address that NAT leads to is a class of its own.
 */
function classOf({ door, open }: AnsweredDoor, { net }: Network): string | null {
  const { container, proto, port } = door;
  const address = addressOf(door.address);
  if (container?.published !== false || address === null) return null;
  const { classOf: addressClass, portClassOf } = followerOf(net);
  const places = Array.from(open, (one) =>
    [one.interface, one.address, ...Object.values(one.sources)].join(' '),
  );
  return [
    ...[proto, address.family, addressClass(address.family, address.value), portClassOf(port)],
    ...[translatedPorts(door, address.family, net).join(' '), ...places],
  ].join('|');
}

const noCommands = { commands: [], verify: [], undo: [] };

/** A stopgap lets nobody in who was kept out before: they are not asked again. */
function isClosed({ door, open }: AnsweredDoor, after: Network): boolean {
  return isNear(scopeOf(answersOf(door, after, open)));
}

function isSamePort(one: Exposure, other: Exposure): boolean {
  return one.kind === other.kind && one.proto === other.proto && one.port === other.port;
}

/** Nobody but the machine itself and its containers. */
function isNear(scope: Exposure['scope']): boolean {
  return scope === 'loopback' || scope === 'containers';
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
