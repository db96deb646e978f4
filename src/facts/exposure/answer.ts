import { addressOf } from '../netfilter/addresses.ts';
import type { Netfilter } from '../netfilter/arrive.ts';
import { followerOf } from '../netfilter/alike.ts';
import type { InputDecision } from '../netfilter/decide.ts';
import { decideInput, partsFrom, sourcesOf, summary } from '../netfilter/decide.ts';
import type { Part } from '../netfilter/region.ts';
import type { Interface } from '../interfaces/interface.ts';
import type { Door } from './door.ts';
import type { Entrance } from './entrance.ts';
import { entrancesOf } from './entrance.ts';
import type { Network } from './network.ts';
import { isLoopback, isWildcard, plain, takes } from './socket-address.ts';
import type { Vantage } from './vantage.ts';
import { vantagesByLink } from './vantage.ts';

/** What a door answers to one vantage. */
export interface Answer {
  readonly vantage: Vantage;
  readonly decision: InputDecision;
  /** What the input filter alone would have answered; the same as `decision` for a socket. */
  readonly input: InputDecision;
}

/**
 * The answers to everybody who can address this door at all.
 *
 * @param asked - to these alone
 */
export function answersOf(door: Door, network: Network, asked?: ReadonlySet<Vantage>): Answer[] {
  const { interfaces, net } = network;
  return vantagesByLink(interfaces).flatMap((link) => {
    const [first] = link;
    const here = asked === undefined ? link : link.filter((vantage) => asked.has(vantage));
    if (here.length === 0) return [];
    if (door.interface !== null && door.interface !== first.interface) return [];
    const entrances = entrancesOf(door, first, network);
    if (entrances.length === 0) return [];
    const parts = entrances.map((entrance) => ({
      entrance,
      parts: partsAt(door, entrance, net, first),
    }));
    return here.flatMap((vantage) => answer(door, vantage, parts, network));
  });
}

interface Entered {
  readonly entrance: Entrance;
  readonly parts: readonly Part[];
}

function answer(door: Door, vantage: Vantage, entered: readonly Entered[], { net, gaps }: Network): Answer[] {
  const { family, sources } = vantage;
  const asked = sourcesOf(sources, family);
  const open = entered.filter(({ entrance }) => !entrance.near || sources.class === 'lan');
  if (open.length === 0) return [];
  const parts = open.flatMap((one) => partsFrom(one.parts, asked));
  const decision = summary(parts, sources, family, gaps);
  if (door.container?.published !== true) return [{ vantage, decision, input: decision }];
  const { proto, port } = door;
  const question = { proto, port, destination: vantage.address, interface: vantage.interface, sources };
  return [
    {
      vantage,
      decision,
      // Whether a stopgap closes a door does not depend on it.
      get input() {
        return decideInput(net, question, gaps);
      },
    },
  ];
}

/** Where a packet to an entrance ends: at the door, or, for all that it matters, nowhere. */
function partsAt(
  door: Door,
  { destination, port, words }: Entrance,
  net: Netfilter,
  { family, interface: name }: Vantage,
): readonly Part[] {
  const at = { family, proto: door.proto, interface: name };
  const ways = followerOf(net).follow(at, destination, port);
  return ways.map((part): Part => {
    const said = words === null ? part.path : [words, ...part.path];
    const isOver = part.verdict === 'drop' || part.verdict === 'reject' || part.lost === true;
    if (isOver || endsAt(door, part)) return { ...part, path: said };
    return { ...part, verdict: 'drop', path: [...said, 'it goes to another port'], unclear: null };
  });
}

/** Whether the packet is handed to this socket, or to this container. */
function endsAt(door: Door, { packet }: Part): boolean {
  const { container, proxied, mesh, address, port } = door;
  if (packet.outInterface !== null) {
    if (mesh) return packet.translated;
    if (container?.port !== packet.port) return false;
    const addresses = container.workload.addresses.map((one) => addressOf(one)?.value);
    return addresses.length === 0 ? packet.translated : addresses.includes(packet.destination);
  }
  if (mesh || (container !== null && !proxied)) return false;
  return packet.port === port && takes(door, address, packet.family, packet.destination);
}

/**
 * Why nobody was asked about a door, in a sentence; `null` where that is no riddle: it is for this machine
 * alone, or the network that the machine is in has no address of the door's family.
 */
export function whyNobody(door: Door, interfaces: readonly Interface[]): string | null {
  const { address, interface: device } = door;
  if (device !== null && !interfaces.some(({ name, up }) => name === device && up)) {
    return `it is bound to ${device}, which is not there or not up: who gets in once it is up is not known`;
  }
  const others = interfaces.filter(({ kind }) => kind !== 'loopback');
  if (isWildcard(address)) {
    if (others.some(({ up, addresses }) => up && addresses.length > 0)) return null;
    return 'no interface is up with an address: who gets in once one is is not known';
  }
  if (isLoopback(address) || door.container?.published === false) return null;
  const owner = others.find(({ addresses }) =>
    addresses.some((own) => plain(own.address) === plain(address)),
  );
  if (owner === undefined) return `no interface has ${address}: who gets in over it is not known`;
  return owner.up
    ? null
    : `${owner.name}, which has ${address}, is not up: who gets in once it is up is not known`;
}
