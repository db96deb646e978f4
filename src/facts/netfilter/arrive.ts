import { rememberedBy } from '../remember.ts';
import type { AddressSet, Family } from './addresses.ts';
import { contains, everyAddress, intersect, parseAddresses, subtract, union } from './addresses.ts';
import { loopbackAddresses } from './address-classes.ts';
import type { CompiledChain, CompiledTable } from './compile.ts';
import type { Machine, Packet } from './packet.ts';
import type { Routing } from './routing.ts';
import { hopsTo, routedOver } from './routing.ts';
import type { Part } from './region.ts';
import { walkBaseChain } from './walk.ts';

/** All that decides about a packet: the rules, the routes, and what the machine is. */
export interface Netfilter {
  readonly tables: readonly CompiledTable[];
  readonly machine: Machine;
  readonly routing: Routing;
}

/**
 * Takes a first packet in, as the kernel does: ingress and prerouting with NAT, the routing decision,
 * then the input hooks or the forwarding ones. In an accepted part, `packet` is the packet as it is
 * handed over: to this machine where `outInterface` is `null`, else to somebody behind that interface.
 */
export function arrive(net: Netfilter, packet: Packet, sources: AddressSet): readonly Way[] {
  if (packet.family === 'ip6' && packet.asked.destination === 1n && packet.interface !== 'lo') {
    return [dropped(sources, packet, 'the kernel takes no packet for ::1 from a link')];
  }
  const before = along(net, ['ingress', 'prerouting'], [start(packet, sources)]);
  return before.flatMap((part) => (isOver(part) || part.lost ? [part] : routed(net, part)));
}

/** A part of the sources, on its way through the hooks. */
export interface Way extends Part {
  /** Nobody can tell where the packet went: a NAT rule was not understood. */
  readonly lost?: boolean;
}

function start(packet: Packet, sources: AddressSet): Way {
  return { sources, packet, verdict: 'accept', path: [], unclear: null };
}

function isOver({ verdict }: Part): boolean {
  return verdict === 'drop' || verdict === 'reject';
}

/**
 * What the input hooks answer to a packet that nothing redirects: what an owner expects of his filter
 * who does not think of NAT.
 */
export function askInput(net: Netfilter, packet: Packet, sources: AddressSet): readonly Part[] {
  const from = [start(packet, sources)];
  const hooks = ['ingress', 'prerouting', 'input'];
  return hooks.reduce<readonly Way[]>((parts, hook) => along(net, [hook], parts, false), from);
}

/** Takes parts through the base chains of hooks. A drop in any is final; an accept ends only its own. */
function along(
  net: Netfilter,
  hooks: readonly string[],
  from: readonly Way[],
  withNat = true,
): readonly Way[] {
  let parts = from;
  for (const hook of hooks) {
    const chains = chainsAt(net.tables, hook, withNat);
    for (const [table, chain] of chains) {
      const shuffled = isShuffled(chains, table, chain);
      parts = parts.flatMap((part) => {
        if (isOver(part) || part.lost === true || !isAsked(table, chain, part.packet)) return [part];
        const packet = shuffled ? { ...part.packet, marks: unknownMarks } : part.packet;
        return walkBaseChain(table, chain, net.machine, packet, part.sources).map((next) =>
          onward(part, next, chain),
        );
      });
    }
  }
  return parts;
}

const unknownMarks = { packet: null, connection: null };

/**
 * Whether another table's chain of the same priority may set marks before this one looks at them: which
 * comes first depends on when they were loaded, and nobody lists that.
 */
function isShuffled(
  chains: readonly (readonly [CompiledTable, CompiledChain])[],
  table: CompiledTable,
  { base }: CompiledChain,
): boolean {
  const meets = ({ family }: CompiledTable) =>
    [family, table.family].includes('inet') || family === table.family;
  return chains.some(
    ([other, chain]) =>
      other !== table && other.marks && meets(other) && chain.base?.priority === base?.priority,
  );
}

/** Where a packet stands after one more base chain. */
function onward(before: Way, next: Part, chain: CompiledChain): Way {
  const path = [...before.path, ...next.path];
  if (isOver(next)) return { ...next, path };
  // Who knows what address a NAT rule in doubt has given it?
  if (next.verdict === 'unknown' && chain.base?.type === 'nat') return { ...next, path, lost: true };
  if (before.verdict === 'unknown') return { ...before, sources: next.sources, packet: next.packet };
  return { ...next, path };
}

/** NAT chains run where the kernel registered NAT, whatever their own priority says. */
const natPriority = -100;

type Chains = readonly (readonly [CompiledTable, CompiledChain])[];

/** In the order in which the kernel calls them. */
const chainsAt = rememberedBy((hook: string, withNat: boolean) => `${hook} ${String(withNat)}`, findChains);

function findChains(tables: readonly CompiledTable[], hook: string, withNat: boolean): Chains {
  const order = ({ base }: CompiledChain) =>
    base?.type === 'nat' ? natPriority + base.priority * 1e-12 : (base?.priority ?? 0);
  return (
    tables
      .flatMap((table) => table.bases.map((chain) => [table, chain] as const))
      .filter(([, { base }]) => base?.hook === hook)
      .filter(([, { base }]) => base?.type !== 'nat' || (withNat && hook === 'prerouting'))
      // Of equals, the one that was registered last runs first: nf_hook_entries_grow().
      .toReversed()
      .toSorted(([, a], [, b]) => order(a) - order(b))
  );
}

function isAsked({ family }: CompiledTable, { base }: CompiledChain, packet: Packet): boolean {
  if (base?.type === 'nat' && (packet.settled || !packet.tracked)) return false;
  const device = base?.hook === 'egress' ? packet.outInterface : packet.interface;
  if (base?.devices?.includes(device ?? '') === false) return false;
  return family === packet.family || family === 'inet' || family === 'netdev';
}

function dropped(sources: AddressSet, packet: Packet, why: string): Part {
  return { sources, packet, verdict: 'drop', path: [why], unclear: null };
}

/** The routing decision: whom the kernel believes, and where the packet goes. */
function routed(net: Netfilter, part: Way): readonly Way[] {
  const { packet } = part;
  const believed = believedSources(net.routing, packet.family, packet.interface);
  const sources = intersect(part.sources, believed.sources);
  const martians = subtract(part.sources, sources);
  const refused = martians.length === 0 ? [] : [dropped(martians, packet, believed.why)];
  if (sources.length === 0) return refused;
  const at = { ...part, sources };
  const hops = hopsTo(net.routing, packet.family, packet.destination, {
    mark: packet.marks.packet,
    interface: packet.interface,
  });
  if (hops.length === 0) {
    const unseen = 'its route was not seen';
    return [...refused, { ...at, verdict: 'unknown', path: [...at.path, unseen], unclear: unseen }];
  }
  const ends = hops.map(({ type, device }) => handedOver(net, at, type, device));
  const [first = []] = ends;
  const agree = ends.every(
    (one) => one.map(({ verdict }) => verdict).join() === first.map(({ verdict }) => verdict).join(),
  );
  if (ends.length === 1 || agree) return [...refused, ...first];
  const unclear = 'which of several routes it takes was not followed';
  return [...refused, { ...at, verdict: 'unknown', path: [...at.path, unclear], unclear }];
}

function handedOver(net: Netfilter, part: Way, type: string, device: string | null): readonly Way[] {
  const { packet, sources } = part;
  const settings = net.routing.settings.get(packet.interface);
  if (type === 'local' || type === 'broadcast' || type === 'multicast' || type === 'anycast') {
    if (isLoopback4(packet) && settings?.routeLocalnet === false) {
      return [dropped(sources, packet, `${packet.interface} has no route_localnet`)];
    }
    return along(net, ['input'], [part]);
  }
  if (type !== 'unicast' || device === null) return [dropped(sources, packet, `the route is ${type}`)];
  const forwards = packet.family === 'ip6' ? net.routing.forwarding6 : (settings?.forwarding ?? true);
  const leaving = { ...part, packet: { ...packet, outInterface: device } };
  const beyond = () => along(net, ['forward', 'postrouting', 'egress'], [leaving]);
  if (forwards) return beyond();
  const words = `${packet.interface} forwards nothing`;
  if (!packet.translated || device !== packet.interface) return [dropped(sources, packet, words)];
  // What NAT sends back over a bridge is bridged, not forwarded: net/bridge/br_netfilter_hooks.c.
  const unclear = `${words}, but br_netfilter may bridge it`;
  return beyond().map((one) =>
    one.verdict === 'accept' ? { ...one, verdict: 'unknown', path: [...one.path, unclear], unclear } : one,
  );
}

/** Sources that the kernel takes for impossible on a link: net/ipv4/route.c, net/ipv6/ip6_input.c. */
const martians: Readonly<Record<Family, AddressSet>> = {
  ip: union(
    ['0.0.0.0/8', '224.0.0.0/4', '255.255.255.255/32'].flatMap((one) => parseAddresses(one)?.addresses ?? []),
  ),
  ip6: union(['::1/128', 'ff00::/8'].flatMap((one) => parseAddresses(one)?.addresses ?? [])),
};

function isLoopback4({ family, destination, interface: name }: Packet): boolean {
  return family === 'ip' && name !== 'lo' && contains(loopbackAddresses('ip'), destination);
}

interface Believed {
  readonly sources: AddressSet;
  readonly why: string;
}

/** Whose packets the kernel takes from an interface: asked for every door, and the same every time. */
const believedSources = rememberedBy((family: Family, name: string) => `${family} ${name}`, findBelieved);

function findBelieved(routing: Routing, family: Family, name: string): Believed {
  const settings = routing.settings.get(name);
  const impossible =
    name === 'lo'
      ? []
      : family === 'ip' && settings?.routeLocalnet !== true
        ? union([...martians.ip, ...loopbackAddresses('ip')])
        : martians[family];
  const every = subtract(everyAddress(family), impossible);
  const filter = family === 'ip' && name !== 'lo' ? (settings?.reversePathFilter ?? 0) : 0;
  if (filter === 0) return { sources: every, why: 'the kernel takes no such source from a link' };
  const back = routedOver(routing, family, filter === 1 ? name : null);
  return { sources: intersect(every, back), why: `rp_filter of ${name}: no route leads back to the source` };
}
