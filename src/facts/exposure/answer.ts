import ipaddr from 'ipaddr.js';
import type { InputDecision } from '../firewall/decide.ts';
import { decideInput } from '../firewall/decide.ts';
import { decideArriving } from '../firewall/decide-published.ts';
import type { Ruleset } from '../firewall/ruleset.ts';
import type { Interface } from '../interfaces/interface.ts';
import type { Door } from './door.ts';
import type { Vantage } from './vantage.ts';
import { vantagesOf } from './vantage.ts';

/** What a door answers to one vantage. */
export interface Answer {
  readonly vantage: Vantage;
  readonly decision: InputDecision;
  /** What the input filter alone would have answered; the same as `decision` for a socket. */
  readonly input: InputDecision;
}

/** The answers to everybody who can address this door at all. */
export function answersOf(door: Door, interfaces: readonly Interface[], ruleset: Ruleset): Answer[] {
  return vantagesOf(interfaces)
    .filter((vantage) => isAddressed(door, vantage))
    .map((vantage) => {
      const question = {
        proto: door.proto,
        port: door.port,
        destination: vantage.address,
        interface: vantage.interface,
        sources: vantage.sources,
      };
      const decision = decideArriving(ruleset, question, interfaces);
      return { vantage, decision, input: decideInput(ruleset, question) };
    });
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
  const owner = others.find(({ addresses }) => addresses.some((own) => same(own.address, address)));
  return owner === undefined
    ? `no interface has ${address}: who gets in over it is not known`
    : `${owner.name}, which has ${address}, is not up: who gets in once it is up is not known`;
}

export function isWildcard(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

/** Whether a packet for the vantage's address can reach this socket: bound there, and of its family. */
function isAddressed(door: Door, { address, family, interface: name }: Vantage): boolean {
  if (door.interface !== null && door.interface !== name) return false;
  if (door.address === '0.0.0.0') return family === 'ip';
  if (door.address === '::') return family === 'ip6' || door.bothFamilies;
  return same(door.address, address);
}

function same(a: string, b: string): boolean {
  return (
    ipaddr.isValid(a) && ipaddr.isValid(b) && ipaddr.process(a).toString() === ipaddr.process(b).toString()
  );
}

export function isLoopback(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
}
