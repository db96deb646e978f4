import { remembered, rememberedBy, rememberingLast } from '../remember.ts';
import type { Family } from './addresses.ts';
import { contains, everyAddress } from './addresses.ts';
import type { Netfilter, Way } from './arrive.ts';
import { arrive, askInput } from './arrive.ts';
import { loopbackAddresses } from './address-classes.ts';
import { isOneOf } from './interface-name.ts';
import type { Packet } from './packet.ts';
import { arriving } from './packet.ts';
import { hopsTo } from './routing.ts';
import type { Part } from './region.ts';
import type { CompiledTable } from './compile.ts';
import type { Distinctions } from './distinctions.ts';
import { distinctionsOf } from './distinctions.ts';
import type { PortBounds } from './port-classes.ts';
import { placeIn } from './port-classes.ts';

/** Follows packets from all sources, and those that are alike to rules and routes only once. */
export interface Follower {
  readonly follow: (at: At, destination: bigint, port: number) => readonly Way[];
  /** What the input hooks answer to everybody, NAT aside; see {@link askInput}. */
  readonly askInput: (at: At, destination: bigint, port: number) => readonly Part[];
  /** Addresses of one class are the same to every rule and route. */
  readonly classOf: (family: Family, address: bigint) => string;
  /** Ports of one class are the same to every rule. */
  readonly portClassOf: (family: Family, port: number) => string;
  /** Those of every chain that tells ports apart. */
  readonly portBounds: readonly PortBounds[];
}

const mostKnown = 16;

interface At {
  readonly family: Family;
  readonly proto: 'tcp' | 'udp';
  readonly interface: string;
}

export const followerOf = remembered((net: Netfilter): Follower => {
  // Of one door after the other, only the last few are asked for again.
  const known = rememberingLast<readonly Way[]>(mostKnown);
  const answered = rememberingLast<readonly Part[]>(mostKnown);
  return {
    askInput: (at, destination, port) => {
      const { family, proto, interface: name } = at;
      const { inputBounds } = distinctionsIn(net, family);
      const alike = [name, family, proto, destination, placesIn(inputBounds, port)].join('|');
      return answered(alike, () => askInput(net, arriving(at, destination, port), everyAddress(family)));
    },
    classOf: (family, address) => addressClass(net, family, address),
    portClassOf: (family, port) => portClass(net, family, port),
    portBounds: boundsOf(distinctionsOfAll(net.tables)),
    follow: (at, destination, port) => {
      const { family, proto, interface: name } = at;
      const alike = [
        linkClass(net, family, name),
        ...[family, proto],
        addressClass(net, family, destination),
        portClass(net, family, port),
      ].join('|');
      const packet = arriving(at, destination, port);
      const ways = known(alike, () => arrive(net, packet, everyAddress(family)));
      return ways.map((way) => broughtTo(way, packet));
    },
  };
});

function placesIn(all: readonly PortBounds[], port: number): string {
  return all.map((bounds) => placeIn(bounds, port)).join(' ');
}

/** The same way, for the packet that was really asked for. */
function broughtTo(way: Way, { interface: name, asked }: Packet): Way {
  const { packet } = way;
  const before = packet.asked;
  if (packet.interface === name && before.destination === asked.destination && before.port === asked.port)
    return way;
  const now = {
    destination: packet.destination === before.destination ? asked.destination : packet.destination,
    port: packet.port === before.port ? asked.port : packet.port,
  };
  return { ...way, packet: { ...packet, ...now, interface: name, asked } };
}

/** What the chains that packets of a family come to tell apart, all together. */
const distinctionsIn = rememberedBy(
  (family: Family) => family,
  (net: Netfilter, family) => {
    const other = family === 'ip' ? 'ip6' : 'ip';
    const tables = net.tables.filter((table) => table.family !== other);
    const chains = distinctionsOfAll(tables);
    return {
      chains,
      bounds: boundsOf(chains),
      // Who is not asked does not tell apart.
      inputBounds: boundsOf(distinctionsOfAll(tables.filter((table) => !isForNat(table)))),
      shifts: chains.some((chain) => chain.shifts),
      redirects: chains.some((chain) => chain.redirects),
      asksOwner: chains.some((chain) => chain.asksOwner),
      translates: chains.some((chain) => chain.redirects || chain.translatedTo.size > 0),
    };
  },
);

function portClass(net: Netfilter, family: Family, port: number): string {
  const { bounds, shifts } = distinctionsIn(net, family);
  return shifts ? String(port) : placesIn(bounds, port);
}

function distinctionsOfAll(tables: readonly CompiledTable[]): readonly Distinctions[] {
  return tables.flatMap(({ chains }) => Array.from(chains.values(), ({ rules }) => distinctionsOf(rules)));
}

function boundsOf(chains: readonly Distinctions[]): readonly PortBounds[] {
  return chains.flatMap(({ portBounds }) => (portBounds.length > 0 ? [portBounds] : []));
}

/** Whether packets come to its chains for NAT alone. */
function isForNat({ bases }: CompiledTable): boolean {
  return bases.every(({ base }) => base?.type === 'nat');
}

const addressClass = rememberedBy(
  (family: Family, address: bigint) => `${family} ${String(address)}`,
  (net: Netfilter, family, address) => {
    const { chains, redirects, asksOwner } = distinctionsIn(net, family);
    const hops = hopsTo(net.routing, family, address, { mark: null, interface: null });
    const routed = JSON.stringify(hops.map(({ type, device }) => (type === 'local' ? type : device)));
    const asked = chains.map((chain) => chain.addressClass(address)).join('|');
    // For these the kernel has rules of its own on a link.
    const isLoopback = contains(loopbackAddresses(family), address);
    const alone =
      isLoopback ||
      chains.some(({ translatedTo }) => translatedTo.has(address)) ||
      ((redirects || asksOwner) && hops.some(({ type }) => type === 'local'));
    return `${routed} ${asked}${alone ? ` ${String(address)}` : ''}`;
  },
);

/** How rules of either family know an interface. */
const interfacesIn = remembered((net: Netfilter) => {
  const chains = distinctionsOfAll(net.tables);
  return {
    interfaces: [...new Set(chains.flatMap(({ interfaces }) => interfaces))],
    asksInterface: isInterfaceAsked(net) || chains.some((chain) => chain.asksInterface),
  };
});

const linkClass = rememberedBy(
  (family: Family, name: string) => `${family} ${name}`,
  (net: Netfilter, family, name) => {
    const { interfaces, asksInterface } = interfacesIn(net);
    const { forwarding, routeLocalnet } = net.routing.settings.get(name) ?? {};
    const forwards = family === 'ip' ? forwarding !== false : net.routing.forwarding6;
    // What NAT sends back to where it came from may be bridged, where nothing is forwarded.
    if (asksInterface || (!forwards && distinctionsIn(net, family).translates)) return name;
    const named = interfaces.map((one) => (isOneOf(name, [one]) ? '1' : '0'));
    return `${named.join('')} ${String(forwarding)} ${String(routeLocalnet)} ${String(name === 'lo')}`;
  },
);

/** Whether something other than a rule asks for the interface in another way than by its name. */
function isInterfaceAsked({ tables, routing }: Netfilter): boolean {
  const bound = tables.some(({ bases }) => bases.some(({ base }) => base?.devices != null));
  const filtered = [...routing.settings.values()].some(({ reversePathFilter }) => reversePathFilter !== 0);
  const routed = routing.rules.some(({ inInterface }) => inInterface !== null);
  return bound || filtered || routed;
}
