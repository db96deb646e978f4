import { remembered } from '../remember.ts';
import type { Family } from './addresses.ts';
import { everyAddress } from './addresses.ts';
import type { Netfilter, Way } from './arrive.ts';
import { arrive, askInput } from './arrive.ts';
import { loopbackAddresses } from './address-classes.ts';
import { isOneOf } from './interface-name.ts';
import { contains } from './match.ts';
import { arriving } from './packet.ts';
import { hopsTo } from './routing.ts';
import type { Part } from './region.ts';
import { portClassesOf } from './port-classes.ts';
import type { Match } from './ruleset.ts';

/** Follows packets from all sources, and those that are alike to rules and routes only once. */
export interface Follower {
  readonly follow: (at: At, destination: bigint, port: number) => readonly Way[];
  /** What the input hooks answer to everybody, NAT aside; see {@link askInput}. */
  readonly askInput: (at: At, destination: bigint, port: number) => readonly Part[];
  /** Addresses of one class are the same to every rule and route. */
  readonly classOf: (family: Family, address: bigint) => string;
  /** Ports of one class are the same to every rule. */
  readonly portClassOf: (port: number) => number;
  /** The first port of each stretch that no rule's condition tells apart. */
  readonly portFirsts: readonly number[];
}

const mostKnown = 16;

interface At {
  readonly family: Family;
  readonly proto: 'tcp' | 'udp';
  readonly interface: string;
}

export const followerOf = remembered((net: Netfilter): Follower => {
  const matches = net.rules.flatMap((rule) => rule.matches.flatMap(flat));
  const destinations = matches.flatMap((match) =>
    match.on === 'destination' || match.on === 'original-destination' ? [match.addresses] : [],
  );
  // To an address that NAT sends to, the same NAT does nothing.
  const translatedTo = new Set(
    net.rules.flatMap(({ target }) =>
      target.kind === 'dnat' ? target.to.map(({ address }) => address) : [],
    ),
  );
  const redirects = net.rules.some(({ target }) => target.kind === 'redirect');
  const names = [...new Set(matches.flatMap((match) => (match.on === 'interface' ? match.names : [])))];
  const byName = isNameAsked(net, matches);
  const classes = new Map<string, string>();
  const classOf = (family: Family, address: bigint) => {
    const key = `${family} ${String(address)}`;
    const before = classes.get(key);
    if (before !== undefined) return before;
    const hops = hopsTo(net.routing, family, address, { mark: 0, interface: '' });
    const listed = destinations.map((set) =>
      set.some(({ first, last }) => first <= address && address <= last) ? '1' : '0',
    );
    const found = `${JSON.stringify(hops.map(({ type, device }) => (type === 'local' ? type : device)))} ${listed.join('')}`;
    // For these the kernel has rules of its own on a link.
    const isLoopback = contains(loopbackAddresses(family), address);
    const alone =
      isLoopback || translatedTo.has(address) || (redirects && hops.some(({ type }) => type === 'local'));
    const name = alone ? `${found} ${String(address)}` : found;
    classes.set(key, name);
    return name;
  };
  const links = new Map<string, string>();
  const linkOf = (name: string) => {
    const found = links.get(name) ?? (byName ? name : linkClass(net, names, name));
    links.set(name, found);
    return found;
  };
  const { classOf: portClass, firsts } = portClassesOf(net.rules, matches);
  const known = new Map<string, readonly Way[]>();
  const answered = new Map<string, readonly Part[]>();
  return {
    askInput: (at, destination, port) => {
      const { family, proto, interface: name } = at;
      const alike = [name, family, proto, destination, portClass(port)].join('|');
      const parts =
        answered.get(alike) ?? askInput(net, arriving(at, destination, port), everyAddress(family));
      if (answered.size >= mostKnown) answered.clear();
      answered.set(alike, parts);
      return parts;
    },
    classOf,
    portClassOf: portClass,
    portFirsts: firsts,
    follow: (at, destination, port) => {
      const { family, proto, interface: name } = at;
      const alike = [linkOf(name), family, proto, classOf(family, destination), portClass(port)].join('|');
      const before = known.get(alike);
      const ways = before ?? arrive(net, arriving(at, destination, port), everyAddress(family));
      // Of one door after the other, only the last few are asked for again.
      if (known.size >= mostKnown) known.clear();
      known.set(alike, ways);
      return before === undefined ? ways : ways.map((way) => broughtTo(way, name, destination, port));
    },
  };
});

/** The same way, for the packet that was really asked for. */
function broughtTo(way: Way, name: string, destination: bigint, port: number): Way {
  const { packet } = way;
  const now = {
    destination: packet.destination === packet.asked.destination ? destination : packet.destination,
    port: packet.port === packet.asked.port ? port : packet.port,
  };
  return { ...way, packet: { ...packet, ...now, interface: name, asked: { destination, port } } };
}

function flat(match: Match): readonly Match[] {
  return match.on === 'any' ? match.of.flat().flatMap(flat) : [match];
}

/** Whether something asks for the interface in another way than by its name. */
function isNameAsked({ tables, routing, rules }: Netfilter, matches: readonly Match[]): boolean {
  const bound = tables.some(({ chains }) => [...chains.values()].some(({ base }) => base?.devices != null));
  const filtered = [...routing.settings.values()].some(({ reversePathFilter }) => reversePathFilter !== 0);
  const routed = routing.rules.some(({ inInterface }) => inInterface !== null);
  const redirected = rules.some(({ target }) => target.kind === 'redirect');
  const asked = matches.some(
    (match) =>
      (match.on === 'reverse-path' && match.strict) ||
      ((match.on === 'destination-type' || match.on === 'source-type') && match.onInterface === true),
  );
  return bound || filtered || routed || redirected || asked;
}

function linkClass({ routing }: Netfilter, patterns: readonly string[], name: string): string {
  const named = patterns.map((one) => (isOneOf(name, [one]) ? '1' : '0'));
  const { forwarding, routeLocalnet } = routing.settings.get(name) ?? {};
  return `${named.join('')} ${String(forwarding)} ${String(routeLocalnet)} ${String(name === 'lo')}`;
}
