import type { AddressSet, Family } from './addresses.ts';
import { everyAddress, intersect, subtract } from './addresses.ts';
import type { FilterRule, Match } from './ruleset.ts';

/** The first packet of a connection from any source: to this machine, or through it. */
export interface InboundPacket {
  readonly family: Family;
  readonly proto: 'tcp' | 'udp';
  readonly port: number;
  readonly destination: bigint;
  readonly interface: string;
  /** Where it leaves again; `null` when it is for this machine itself. */
  readonly outInterface: string | null;
  /** The port that the client asked for; `null` when some NAT rule could have redirected it to this one. */
  readonly originalPort: number | null;
}

/**
 * How a rule that may or may not match leaves its outcome open: the client chooses, a list of sources
 * that was not read decides, or nobody knows.
 */
export type Doubt = 'client-choice' | 'source-list' | 'unclear';

/** Which sources a rule matches, and whether it surely does; `null`: none. */
export interface RuleMatch {
  readonly sources: AddressSet;
  readonly doubt: Doubt | null;
}

export function matchRule(rule: FilterRule, packet: InboundPacket): RuleMatch | null {
  let sources: AddressSet | null = null;
  let doubt: Doubt | null = null;
  for (const match of rule.matches) {
    if (match.on === 'source') {
      if (match.family !== packet.family) return null;
      const every = everyAddress(packet.family);
      const these = match.negated ? subtract(every, match.addresses) : match.addresses;
      sources = sources === null ? these : intersect(sources, these);
      continue;
    }
    const holds = matchOne(match, packet);
    if (holds === false) return null;
    if (holds !== true) doubt = worse(doubt, holds);
  }
  return { sources: sources ?? everyAddress(packet.family), doubt };
}

function worse(a: Doubt | null, b: Doubt): Doubt {
  const order: readonly (Doubt | null)[] = [null, 'client-choice', 'source-list', 'unclear'];
  return a !== null && order.indexOf(a) > order.indexOf(b) ? a : b;
}

function matchOne(match: Exclude<Match, { on: 'source' }>, packet: InboundPacket): boolean | Doubt {
  switch (match.on) {
    case 'protocol':
      if (match.family !== undefined && match.family !== packet.family) return false;
      return match.protocols.includes(packet.proto) !== match.negated;
    case 'family':
      return match.families.includes(packet.family) !== match.negated;
    case 'destination':
      if (match.family !== packet.family) return false;
      return (
        match.addresses.some(
          ({ first, last }) => first <= packet.destination && packet.destination <= last,
        ) !== match.negated
      );
    case 'destination-port':
      if (match.protocols.length > 0 && !match.protocols.includes(packet.proto)) return false;
      return (
        match.ports.some(([first, last]) => first <= packet.port && packet.port <= last) !== match.negated
      );
    case 'interface':
      return match.names.some((name) => isNamed(packet.interface, name)) !== match.negated;
    case 'out-interface':
      return match.names.some((name) => isNamed(packet.outInterface ?? '', name)) !== match.negated;
    case 'original-port': {
      const asked = packet.originalPort;
      if (asked === null) return 'unclear';
      return match.ports.some(([first, last]) => first <= asked && asked <= last) !== match.negated;
    }
    case 'state':
      return inState(match.states, match.negated, packet);
    case 'destination-type':
      return match.types.includes(packet.outInterface === null ? 'local' : 'unicast') !== match.negated;
    case 'tcp-flags':
      return packet.proto === 'tcp' && isSyn(match.mask, match.set) !== match.negated;
    case 'redirected':
      return wasRedirected(packet, match.negated);
    case 'fixed':
      return match.holds;
    case 'client-choice':
    case 'source-list':
    case 'unclear':
      return match.on;
  }
}

function isNamed(name: string, pattern: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/** The first packet of a connection is `new`, and nothing else but perhaps `dnat`. */
function inState(states: readonly string[], negated: boolean, packet: InboundPacket): boolean | Doubt {
  if (states.includes('new')) return !negated;
  return states.includes('dnat') ? wasRedirected(packet, negated) : negated;
}

/** A packet that NAT sends on through this machine surely was; one for the machine itself may have been. */
function wasRedirected({ outInterface, originalPort }: InboundPacket, negated: boolean): boolean | Doubt {
  if (outInterface !== null) return !negated;
  return originalPort === null ? 'unclear' : negated;
}

/** Of the flags under the mask, a first TCP packet has SYN alone. */
function isSyn(mask: readonly string[], set: readonly string[]): boolean {
  const expected = mask.includes('syn') ? ['syn'] : [];
  return set.length === expected.length && expected.every((flag) => set.includes(flag));
}
