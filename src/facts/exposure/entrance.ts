import type { Family } from '../netfilter/addresses.ts';
import { addressOf, spell } from '../netfilter/addresses.ts';
import { isPublic } from '../netfilter/address-classes.ts';
import { flat, followerOf } from '../netfilter/alike.ts';
import type { Netfilter } from '../netfilter/arrive.ts';
import { hopsTo } from '../netfilter/routing.ts';
import type { FilterRule } from '../netfilter/ruleset.ts';
import { rememberedBy } from '../remember.ts';
import type { Door } from './door.ts';
import type { Network } from './network.ts';
import { isLoopback, isWildcard, plain, takes } from './socket-address.ts';
import type { Vantage } from './vantage.ts';

/** An address and port that a packet can be sent to in order to get to a door. */
export interface Entrance {
  readonly destination: bigint;
  readonly port: number;
  /** Whether only a neighbour on the link can send it: nobody else's packet finds this machine. */
  readonly near: boolean;
  /** What is unusual about it; `null` for the plain way. */
  readonly words: string | null;
}

/** The ways over one interface to a door: plainly, over other addresses of this machine, and by NAT. */
export function entrancesOf(door: Door, { interface: name, family }: Vantage, network: Network): Entrance[] {
  const { net } = network;
  if (door.container?.published === false) {
    return [...containerAddress(door, name, family, net), ...forwardedTo(door, name, family, network)];
  }
  const destinations = destinationsOf(network, door, name, family);
  const ports = new Map<number, string | null>([
    [door.port, null],
    ...redirectedPorts(door, net).map((port) => [port, `asked for at port ${String(port)}`] as const),
  ]);
  return destinations.flatMap((one) =>
    Array.from(ports, ([port, words]): Entrance => ({ ...one, port, words: words ?? one.words })),
  );
}

/** A neighbour that routes to a container through this machine. */
function containerAddress({ address, port }: Door, name: string, family: Family, net: Netfilter): Entrance[] {
  const value = addressOf(address);
  if (value?.family !== family) return [];
  const [hop] = hopsTo(net.routing, family, value.value, { mark: 0, interface: name });
  // On the container's own link this machine is not asked.
  if (hop?.device === name) return [];
  const words = `over ${name}, routed to the container's own address`;
  return [{ destination: value.value, port, near: !isPublic(address), words }];
}

/** Ports of this machine from which somebody's own NAT rules, not the engine's, may lead to a container. */
export function forwardedPorts(door: Door, net: Netfilter): readonly number[] {
  const { container, proto } = door;
  const published = container?.workload.publishes.flatMap((one) =>
    one.proto === proto && one.containerPort === container.port ? [one.hostPort] : [],
  );
  return redirectedPorts(door, net).filter((port) => published?.includes(port) !== true);
}

function forwardedTo(door: Door, name: string, family: Family, { interfaces, net }: Network): Entrance[] {
  const ports = forwardedPorts(door, net);
  if (ports.length === 0) return [];
  const own = interfaces.find((one) => one.name === name)?.addresses ?? [];
  return own.flatMap(({ address }) => {
    const value = addressOf(plain(address));
    if (value?.family !== family) return [];
    return ports.map((port) => ({
      ...{ destination: value.value, port, near: false },
      words: `asked for at port ${String(port)} of this machine`,
    }));
  });
}

type Asked = Omit<Entrance, 'port'>;

type Bound = Pick<Door, 'address' | 'bothFamilies'>;

/** The same for every door on the same address. */
const destinationsOf = rememberedBy(
  ({ address, bothFamilies }: Bound, name: string, family: Family) =>
    [address, bothFamilies, family, name].join(' '),
  findDestinations,
);

function findDestinations(
  { interfaces, net }: Network,
  door: Bound,
  name: string,
  family: Family,
): readonly Asked[] {
  if (isLoopback(door.address)) return loopbackDestination(door, family);
  const own: Asked[] = [];
  const foreign: Asked[] = [];
  for (const one of interfaces) {
    if (one.kind === 'loopback') continue;
    for (const { address, scope, family: its } of one.addresses) {
      const value = its === family ? addressOf(plain(address))?.value : undefined;
      if (value === undefined || !takes(door, door.address, family, value)) continue;
      const at = { destination: value, near: false, words: null };
      if (one.name === name) own.push(at);
      else if (scope === 'global') {
        const near = !isPublic(address);
        foreign.push({ ...at, near, words: `over ${name}, routed to ${address}` });
      }
    }
  }
  const { classOf } = followerOf(net);
  // To a socket on every address the others are other ways only where a rule tells them apart.
  const seen = new Set(own.map(({ destination }) => classOf(family, destination)));
  const others = foreign.filter(({ destination }) => {
    const key = classOf(family, destination);
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
  return isWildcard(door.address) && own.length > 0 ? [...own, ...others] : [...own, ...foreign];
}

/**
 * A neighbour can send packets for 127.0.0.1 over the link: the kernel refuses them unless the interface has
 * route_localnet, but NAT comes first, and may have given them another destination by then.
 */
function loopbackDestination(door: Bound, family: Family): readonly Asked[] {
  const value = addressOf(plain(door.address));
  if (value?.family !== family || family === 'ip6') return [];
  const words = `asked for at ${spell(value.value, family)} over the link`;
  return [{ destination: value.value, near: true, words }];
}

/** The most ports of one rule that are asked for. */
const most = 64;

/** Ports other than its own from which a NAT rule may lead to this door: {@link arrive} tells. */
function redirectedPorts(door: Door, net: Netfilter): readonly number[] {
  // A published port's own NAT rules are the plain way.
  if (door.container?.published === true) return [];
  const found = followerOf(net).translations.flatMap((rule) => (leadsTo(rule, door) ? askedPorts(rule) : []));
  return [...new Set(found)].filter((port) => port !== door.port);
}

function leadsTo({ target }: FilterRule, { port }: Door): boolean {
  if (target.kind === 'redirect') return target.ports.includes(port);
  return target.kind === 'dnat' && target.to.some((to) => to.port === port || to.port === null);
}

function askedPorts({ matches }: FilterRule): readonly number[] {
  return matches
    .flatMap(flat)
    .flatMap((match) =>
      match.on === 'destination-port' && !match.negated
        ? match.ports.flatMap(([first, last]) =>
            Array.from({ length: Math.min(last - first + 1, most) }, (_, index) => first + index),
          )
        : [],
    );
}
