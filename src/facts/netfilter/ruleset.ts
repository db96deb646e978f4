import type { AddressSet, Family } from './addresses.ts';

/**
 * What filters and rewrites packets in the kernel now, whoever put it there: iptables-nft,
 * iptables-legacy and native nftables in one shape.
 */
export interface Ruleset {
  readonly tables: readonly Table[];
  /** What could not be seen and might refuse more: an `accept` is then no more than a guess. */
  readonly gaps: readonly string[];
}

export interface Table {
  /** Packets that it sees; `inet` both, `netdev` every packet of a device. */
  readonly family: Family | 'inet' | 'netdev';
  readonly name: string;
  /** The command that showed it. */
  readonly source: string;
  readonly chains: ReadonlyMap<string, Chain>;
}

export interface Chain {
  readonly name: string;
  /** Where the kernel calls it; `null` when only other chains do. */
  readonly base: BaseChain | null;
  readonly rules: readonly FilterRule[];
}

export interface BaseChain {
  readonly type: 'filter' | 'nat' | 'route' | 'other';
  /** `prerouting`, `input`, `forward`, `output`, `postrouting`, `ingress`, `egress`. */
  readonly hook: string;
  /** Lower runs earlier; 0 is iptables' filter table. */
  readonly priority: number;
  readonly policy: 'accept' | 'drop';
  /** The only interfaces whose packets it sees; `null`: all. */
  readonly devices: readonly string[] | null;
}

export interface FilterRule {
  /** As its owner prints it. */
  readonly text: string;
  /** 1-based line in the output of the table's source, or in the rule's own. */
  readonly line: number | null;
  /** The file that it is in, where its table is put together from several. */
  readonly source?: string;
  /** All must hold. */
  readonly matches: readonly Match[];
  /** What it changes about a packet that matches, before its target. */
  readonly effects: readonly Effect[];
  readonly target: Target;
}

/** `packet`: the mark of the packet itself; `connection`: that of its conntrack entry. Both begin as 0. */
export type MarkOwner = 'packet' | 'connection';

export type Effect =
  /** The mark becomes `(mark & keep) ^ toggle`. */
  | { readonly kind: 'set-mark'; readonly of: MarkOwner; readonly keep: number; readonly toggle: number }
  /** `to` becomes `(to & keep) ^ (from & take)`. */
  | {
      readonly kind: 'copy-mark';
      readonly from: MarkOwner;
      readonly to: MarkOwner;
      readonly keep: number;
      readonly take: number;
    }
  /** The mark becomes something that is not known. */
  | { readonly kind: 'forget-mark'; readonly of: MarkOwner }
  /** No conntrack entry, hence no NAT. */
  | { readonly kind: 'notrack' };

/** Where NAT sends a packet; `null` leaves that part as it is. */
export interface Destination {
  readonly address: bigint | null;
  readonly port: number | null;
  /**
   * `PORTS/BASE` of DNAT in iptables-extensions(8): `base` becomes `first`, the port behind it the next, round
   * and round over `count` ports. `port` is then `null`.
   */
  readonly shifted?: { readonly first: number; readonly count: number; readonly base: number };
}

export type Target =
  | { readonly kind: 'accept' | 'drop' | 'reject' | 'return' | 'continue' | 'unclear' }
  | { readonly kind: 'jump' | 'goto'; readonly chain: string }
  /** The kernel picks one of the destinations. */
  | { readonly kind: 'dnat'; readonly to: readonly Destination[] }
  /** To the address of the interface that the packet came in on. */
  | { readonly kind: 'redirect'; readonly ports: readonly (number | null)[] };

/** Ports from … to, both included. */
export type PortRange = readonly [first: number, last: number];

interface AddressMatch<On extends string> {
  readonly on: On;
  readonly family: Family;
  readonly addresses: AddressSet;
  readonly negated: boolean;
}

/** One condition of a rule, of the first packet of a connection. */
export type Match =
  | {
      readonly on: 'protocol';
      readonly protocols: readonly string[];
      readonly negated: boolean;
      /** The match implies this family. */
      readonly family?: Family;
    }
  | { readonly on: 'family'; readonly families: readonly Family[]; readonly negated: boolean }
  | AddressMatch<'source'>
  | AddressMatch<'destination'>
  /** The address that the client asked for, before NAT. */
  | AddressMatch<'original-destination'>
  | {
      readonly on: 'destination-port';
      /** The match implies one of these protocols, negated or not. */
      readonly protocols: readonly string[];
      readonly ports: readonly PortRange[];
      readonly negated: boolean;
    }
  /** `eth0`, or a prefix: `eth*`. */
  | {
      readonly on: 'interface' | 'out-interface';
      readonly names: readonly string[];
      readonly negated: boolean;
    }
  /** The port that the client asked for, before NAT. */
  | { readonly on: 'original-port'; readonly ports: readonly PortRange[]; readonly negated: boolean }
  | { readonly on: 'state'; readonly states: readonly string[]; readonly negated: boolean }
  | {
      readonly on: 'destination-type' | 'source-type';
      /** `local`, `unicast`, `broadcast`, … of the kernel's routing tables. */
      readonly types: readonly string[];
      readonly negated: boolean;
      /** Looked up on the interface that the packet came in on alone. */
      readonly onInterface?: boolean;
    }
  | {
      readonly on: 'tcp-flags';
      readonly mask: readonly string[];
      readonly set: readonly string[];
      readonly negated: boolean;
    }
  /** Whether NAT has changed the destination. */
  | { readonly on: 'translated'; readonly negated: boolean }
  /** `(mark & mask) == value`. */
  | {
      readonly on: 'mark';
      readonly of: MarkOwner;
      readonly mask: number;
      readonly value: number;
      readonly negated: boolean;
    }
  /** A route leads back to the source: over the packet's interface when `strict`, or over any. */
  | { readonly on: 'reverse-path'; readonly strict: boolean; readonly negated: boolean }
  /** One of several: the elements of a set, each a list of conditions that hold together. */
  | {
      readonly on: 'any';
      readonly of: readonly (readonly Match[])[];
      readonly negated: boolean;
      /** Rules add to the set while it is in use, so it may list more than it did. */
      readonly grows: boolean;
    }
  /** The same for every first packet. */
  | { readonly on: 'fixed'; readonly holds: boolean }
  /** The client decides: its source port, how often it asks. */
  | { readonly on: 'client-choice'; readonly text: string }
  /** Source addresses in a list that was not read (ipset). */
  | { readonly on: 'source-list'; readonly text: string }
  | { readonly on: 'unclear'; readonly text: string };
