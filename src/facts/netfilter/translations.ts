import { remembered } from '../remember.ts';
import { followerOf } from './alike.ts';
import type { Netfilter } from './arrive.ts';
import type { Machine } from './packet.ts';
import { shiftedPort } from './packet.ts';
import type { PortBounds } from './port-classes.ts';
import { everyPort, firstsIn, portsBetween } from './port-classes.ts';
import type { Destination, FilterRule, Match } from './ruleset.ts';

/**
 * From which ports NAT may lead to a place, by the conditions of the rules that name it alone: whether a packet gets
 * there, {@link arrive} tells. Of ports that are the same to every rule, one.
 */
export interface Translations {
  /**
   * To a port of this machine.
   *
   * @param takes - whether the place is at an address; `null` is whichever was asked for, or has the interface
   */
  readonly toMachine: (port: number, takes: (address: bigint | null) => boolean) => readonly number[];
  /** To a port at an address beyond this machine. */
  readonly toAddress: (address: bigint, port: number) => readonly number[];
}

interface Translation {
  readonly rule: FilterRule;
  readonly to: Destination;
}

/** A machine may have thousands of these rules, and each door asks for the few that are about it. */
export const translationsOf = remembered((net: Netfilter): Translations => {
  const placesOf = placesOn(net.machine);
  const chains = net.tables.flatMap((table) =>
    Array.from(table.chains.values(), ({ rules }) => placesOf(rules)),
  );
  const { portBounds } = followerOf(net);
  const fixed = remembered(({ matches }: FilterRule) =>
    firstsIn(portBounds, portsBetween(matches, 'destination-port')).filter((port) => mayAsk(matches, port)),
  );
  const ports = (translations: readonly Translation[], port: number) => [
    ...new Set(translations.flatMap(({ rule, to }) => portsFor(rule, to, port, { fixed, portBounds }))),
  ];
  const toPort = (port: number) =>
    chains.flatMap(({ toMachine }) => [...(toMachine.get(port) ?? []), ...(toMachine.get(null) ?? [])]);
  return {
    toMachine: (port, takes) =>
      ports(
        toPort(port).filter(({ to }) => takes(to.address)),
        port,
      ),
    // What keeps the address can only be asked at that address.
    toAddress: (address, port) =>
      ports(
        [
          ...chains.flatMap(({ toAddress }) => toAddress.get(address) ?? []),
          ...toPort(port).filter(({ to }) => to.address === null),
        ],
        port,
      ),
  };
});

interface ByPlace {
  readonly toMachine: ReadonlyMap<number | null, readonly Translation[]>;
  readonly toAddress: ReadonlyMap<bigint, readonly Translation[]>;
}

/** Where the rules of a chain lead: one rule more leaves the other chains as they were. */
const placesOn = remembered((machine: Machine) =>
  remembered((rules: readonly FilterRule[]): ByPlace => {
    const toMachine = new Map<number | null, Translation[]>();
    const toAddress = new Map<bigint, Translation[]>();
    for (const rule of rules) {
      for (const to of destinationsOf(rule)) {
        if (to.address === null || isOwn(machine, to.address)) add(toMachine, to.port, { rule, to });
        else add(toAddress, to.address, { rule, to });
      }
    }
    return { toMachine, toAddress };
  }),
);

function destinationsOf({ target }: FilterRule): readonly Destination[] {
  if (target.kind === 'redirect') return target.ports.map((port) => ({ address: null, port }));
  return target.kind === 'dnat' ? target.to : [];
}

function add<Key>(to: Map<Key, Translation[]>, key: Key, translation: Translation): void {
  const others = to.get(key);
  if (others === undefined) to.set(key, [translation]);
  else others.push(translation);
}

/** No address of one family looks like one of this machine's in the other. */
function isOwn(machine: Machine, address: bigint): boolean {
  return machine.typeOf('ip', address, null) === 'local' || machine.typeOf('ip6', address, null) === 'local';
}

interface Ports {
  /** What a rule that names its port is asked for. */
  readonly fixed: (rule: FilterRule) => readonly number[];
  readonly portBounds: readonly PortBounds[];
}

/** The ports that a rule sends on to a port. */
function portsFor(rule: FilterRule, to: Destination, port: number, { fixed, portBounds }: Ports) {
  if (to.port !== null) return to.port === port ? fixed(rule) : [];
  const { shifted } = to;
  if (shifted === undefined) return mayAsk(rule.matches, port) ? [port] : [];
  if (port < shifted.first || port >= shifted.first + shifted.count) return [];
  return firstsIn(portBounds, everyPort).flatMap((first, index, firsts) => {
    const end = firsts[index + 1] ?? 65_536;
    for (let asked = first; asked < end; asked += 1) {
      if (shiftedPort(asked, shifted) === port) return mayAsk(rule.matches, asked) ? [asked] : [];
    }
    return [];
  });
}

/** Whether conditions can hold for a packet that was sent to a port. */
function mayAsk(matches: readonly Match[], port: number): boolean {
  return matches.every((match) => {
    switch (match.on) {
      case 'destination-port':
      case 'original-port':
        return match.ports.some(([first, last]) => first <= port && port <= last) !== match.negated;
      case 'any':
        return match.negated || match.grows || match.of.some((all) => mayAsk(all, port));
      default:
        return true;
    }
  });
}
