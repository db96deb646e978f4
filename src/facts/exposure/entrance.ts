import type { Family } from '../netfilter/addresses.ts';
import { addressOf, spell } from '../netfilter/addresses.ts';
import { isPublic } from '../netfilter/address-classes.ts';
import { followerOf } from '../netfilter/alike.ts';
import type { Netfilter } from '../netfilter/arrive.ts';
import { hopsTo } from '../netfilter/routing.ts';
import { translationsOf } from '../netfilter/translations.ts';
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
  const plainly =
    door.container?.published === false
      ? containerAddress(door, name, family, net)
      : destinationsOf(network, door, name, family).map((one) => ({ ...one, port: door.port }));
  return [...plainly, ...byTranslation(door, plainly, name, family, network)];
}

/** NAT may change the address as well: each of this machine's is a way to a port that it leads to. */
function byTranslation(
  door: Door,
  plainly: readonly Entrance[],
  name: string,
  family: Family,
  network: Network,
): Entrance[] {
  const ports = translatedPorts(door, family, network.net);
  if (ports.length === 0) return [];
  const every = { address: family === 'ip' ? '0.0.0.0' : '::', bothFamilies: false };
  const own = destinationsOf(network, every, name, family);
  const asked = new Map<bigint, Asked>([...own, ...plainly].map((one) => [one.destination, one]));
  const isPlain = new Set(plainly.map(({ destination }) => destination));
  return Array.from(asked.values()).flatMap(({ destination, near, words }) =>
    ports
      .filter((port) => port !== door.port || !isPlain.has(destination))
      .map((port) => {
        const at = `at port ${String(port)}`;
        const said = words === null ? `asked for ${at} of this machine` : `${words}, ${at}`;
        return { destination, port, near, words: said };
      }),
  );
}

/** A neighbour that routes to a container through this machine. */
function containerAddress({ address, port }: Door, name: string, family: Family, net: Netfilter): Entrance[] {
  const value = addressOf(address);
  if (value?.family !== family) return [];
  const [hop] = hopsTo(net.routing, family, value.value, { mark: 0, interface: name });
  // On the container's own link this machine is not asked, and what a default route leads to is no network of its own
  // but an overlay's.
  if (hop?.device === name || (hop?.type === 'unicast' && hop.bits === 0)) return [];
  const words = `over ${name}, routed to the container's own address`;
  return [{ destination: value.value, port, near: !isPublic(address), words }];
}

/** Ports that NAT rules may lead from to a door, other than those by which an engine publishes it. */
export function translatedPorts(door: Door, family: Family, net: Netfilter): readonly number[] {
  const { container, proto, proxied, mesh } = door;
  const { toMachine, toAddress } = translationsOf(net);
  if (container?.published === false) {
    const own = addressOf(door.address);
    if (own?.family !== family) return [];
    const published = container.workload.publishes.flatMap((one) =>
      one.proto === proto && one.containerPort === container.port ? [one.hostPort] : [],
    );
    return toAddress(own.value, container.port).filter((port) => !published.includes(port));
  }
  // The engine's own rules lead to the container's address. What leads to this machine's ends at the engine's proxy.
  if (mesh || (container !== null && !proxied)) return [];
  return toMachine(door.port, (address) => address === null || takes(door, door.address, family, address));
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
