import ipaddr from 'ipaddr.js';
import type { InputDecision } from '../firewall/decide.ts';
import { decideInput } from '../firewall/decide.ts';
import { decidePublished } from '../firewall/decide-published.ts';
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
      const input = decideInput(ruleset, question);
      const published = decidePublished(ruleset, question, interfaces);
      return { vantage, decision: published ?? input, input };
    });
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
