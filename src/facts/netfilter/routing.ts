import { rememberedBy } from '../remember.ts';
import type { AddressSet, Family } from './addresses.ts';
import { contains, everyAddress, intersect, parseAddresses, subtract, union } from './addresses.ts';

/** One route of `ip route show table all`. */
export interface Route {
  readonly family: Family;
  /** `main`, `local`, `default` or a number. */
  readonly table: string;
  /** `unicast`, `local`, `broadcast`, `multicast`, `blackhole`, `unreachable`, `prohibit`, … */
  readonly type: string;
  readonly destination: AddressSet;
  /** Length of the prefix in bits. */
  readonly bits: number;
  readonly metric: number;
  /** Where it leaves: several for a multipath route, none for a blackhole. */
  readonly devices: readonly string[];
}

/** One rule of `ip rule`. */
export interface RoutingRule {
  readonly family: Family;
  readonly priority: number;
  /** The table that it looks up; `null` for an action that is not a lookup. */
  readonly table: string | null;
  /** `(mark & mask) == value`. */
  readonly mark: { readonly value: number; readonly mask: number } | null;
  /** The interface that the packet came in on. */
  readonly inInterface: string | null;
  readonly negated: boolean;
  /** Routes with so short a prefix do not count. */
  readonly suppressed: number | null;
  /** Whether it has further conditions (source, user, port), which are not followed. */
  readonly conditional: boolean;
}

/** Of net.ipv4.conf.NAME; see ip-sysctl of the kernel's documentation. */
export interface InterfaceSettings {
  readonly forwarding: boolean;
  readonly routeLocalnet: boolean;
  /** 0: none, 1: strict, 2: loose (RFC 3704); the greater one of `all` and the interface's own. */
  readonly reversePathFilter: number;
  /** Whether it takes packets whose source is one of the machine's own addresses; of `all` or its own. */
  readonly acceptLocal: boolean;
}

export interface Routing {
  readonly routes: readonly Route[];
  readonly rules: readonly RoutingRule[];
  /** IPv4, by interface. */
  readonly settings: ReadonlyMap<string, InterfaceSettings>;
  /** net.ipv6.conf.all.forwarding. */
  readonly forwarding6: boolean;
  /** Whether an address without a route has none; otherwise its route may be one that was not seen. */
  readonly whole: boolean;
}

/** Where the kernel sends a packet. */
export interface Hop {
  readonly type: string;
  readonly device: string | null;
  /** Length of the route's prefix: 0 of a default route, and where there is none. */
  readonly bits: number;
}

/**
 * Looks a destination up, rule by rule; with every ruleset that is tried, the same ones.
 *
 * @returns every hop that it may be: more than one where a rule's conditions were not followed, none where
 *   the route was not seen
 */
export const hopsTo = rememberedBy(
  (family: Family, destination: bigint, packet: Asking) =>
    `${family} ${String(destination)} ${String(packet.mark)} ${String(packet.interface)}`,
  findHops,
);

/** `null`: not known, and then every rule that asks for it may apply. */
interface Asking {
  readonly mark: number | null;
  readonly interface: string | null;
}

function findHops(routing: Routing, family: Family, destination: bigint, packet: Asking): readonly Hop[] {
  const found: Hop[] = [];
  for (const rule of rulesOf(routing, family)) {
    const applies = ruleApplies(rule, packet);
    if (applies === false) continue;
    if (rule.table === null) {
      found.push({ type: 'unreachable', device: null, bits: 0 });
      if (applies === true) return found;
      continue;
    }
    const route = bestRoute(routing, family, rule, destination);
    if (route === null || route.type === 'throw') continue;
    const { type, devices, bits } = route;
    found.push(...(devices.length === 0 ? [null] : devices).map((device) => ({ type, device, bits })));
    if (applies === true) return found;
  }
  return found.length > 0 || !routing.whole ? found : [{ type: 'unreachable', device: null, bits: 0 }];
}

/** `null`: it depends on a condition that is not followed. */
function ruleApplies(rule: RoutingRule, packet: Asking): boolean | null {
  if (rule.inInterface !== null) {
    if (packet.interface === null) return null;
    if (rule.inInterface !== packet.interface) return rule.negated;
  }
  if (rule.mark !== null) {
    if (packet.mark === null) return null;
    const holds = (packet.mark & rule.mark.mask) >>> 0 === rule.mark.value;
    if (!holds) return rule.negated;
  }
  if (rule.conditional) return null;
  return !rule.negated;
}

const rulesOf = rememberedBy(
  (family: Family) => family,
  ({ rules }: Routing, family: Family): readonly RoutingRule[] =>
    rules.filter((rule) => rule.family === family).toSorted((a, b) => a.priority - b.priority),
);

/** The longest prefix; among equals the lowest metric. */
function bestRoute(routing: Routing, family: Family, rule: RoutingRule, destination: bigint): Route | null {
  return tableOf(routing, family, rule).find((route) => contains(route.destination, destination)) ?? null;
}

const tableOf = rememberedBy(
  (family: Family, { table, suppressed }: RoutingRule) => [family, table, suppressed].join(' '),
  ({ routes }: Routing, family: Family, { table, suppressed }: RoutingRule): readonly Route[] =>
    routes
      .filter((route) => route.family === family && route.table === table)
      .filter(({ bits }) => suppressed === null || bits > suppressed)
      .toSorted((a, b) => b.bits - a.bits || a.metric - b.metric),
);

/**
 * Every address that is routed over an interface, or over any: what a reverse path filter lets in.
 * Rules with conditions count as if they applied, so that nobody is said to be kept out who is not.
 */
export function routedOver(routing: Routing, family: Family, device: string | null): AddressSet {
  const over: AddressSet[] = [];
  let rest = everyAddress(family);
  for (const rule of rulesOf(routing, family)) {
    const applies = ruleApplies(rule, { mark: 0, interface: device ?? '' });
    if (applies === false || rule.table === null) continue;
    let open = rest;
    for (const { destination, devices, type } of tableOf(routing, family, rule)) {
      const here = intersect(open, destination);
      if (here.length === 0) continue;
      open = subtract(open, here);
      if (type === 'unicast' && (device === null || devices.includes(device))) over.push(here);
    }
    if (applies === true) rest = open;
  }
  return union(over.flat());
}

/** Addresses of one type of the kernel's routing tables. */
export interface TypedAddresses {
  readonly type: string;
  readonly addresses: AddressSet;
}

/**
 * Which addresses are `local`, `broadcast`, `multicast` or plainly `unicast`, as addrtype of
 * iptables-extensions(8) and fib of nft(8) see them: for IPv4 by the local table alone, for IPv6 by a
 * whole lookup. See inet_addr_type of the kernel's net/ipv4/fib_frontend.c and nft_fib_ipv6.c.
 */
export function addressTypes(routing: Routing, family: Family): readonly TypedAddresses[] {
  const found: TypedAddresses[] = [...fixedTypes[family]];
  let rest = subtract(everyAddress(family), union(found.flatMap(({ addresses }) => addresses)));
  const rules = rulesOf(routing, family).filter(
    (rule) => rule.table !== null && ruleApplies(rule, unmarked) === true,
  );
  for (const rule of family === 'ip' ? rules.filter(({ table }) => table === 'local') : rules) {
    for (const { destination, type } of tableOf(routing, family, rule)) {
      const addresses = intersect(rest, destination);
      rest = subtract(rest, addresses);
      found.push({ type, addresses });
    }
  }
  return [...found, { type: family === 'ip' ? 'unicast' : 'unreachable', addresses: rest }];
}

const unmarked = { mark: 0, interface: '' };

function prefixes(...texts: readonly string[]): AddressSet {
  return union(texts.flatMap((text) => parseAddresses(text)?.addresses ?? []));
}

const fixedTypes: Readonly<Record<Family, readonly TypedAddresses[]>> = {
  ip: [
    { type: 'broadcast', addresses: prefixes('0.0.0.0/8', '255.255.255.255') },
    { type: 'multicast', addresses: prefixes('224.0.0.0/4') },
  ],
  ip6: [{ type: 'multicast', addresses: prefixes('ff00::/8') }],
};
