import type { AddressSet, Family } from './addresses.ts';

/**
 * What filters packets in the kernel now, whoever put it there: iptables-nft, iptables-legacy and
 * native nftables in one shape.
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
  /** 1-based line in the output of the table's source. */
  readonly line: number | null;
  /** All must hold. */
  readonly matches: readonly Match[];
  readonly target: Target;
}

export type Target =
  | { readonly kind: 'accept' | 'drop' | 'reject' | 'return' | 'continue' | 'unclear' }
  | { readonly kind: 'jump' | 'goto'; readonly chain: string };

/** Ports from … to, both included. */
export type PortRange = readonly [first: number, last: number];

interface AddressMatch<On extends string> {
  readonly on: On;
  readonly family: Family;
  readonly addresses: AddressSet;
  readonly negated: boolean;
}

/** One condition of a rule, of the first packet of a connection that is addressed to this machine. */
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
  | { readonly on: 'destination-type'; readonly types: readonly string[]; readonly negated: boolean }
  | {
      readonly on: 'tcp-flags';
      readonly mask: readonly string[];
      readonly set: readonly string[];
      readonly negated: boolean;
    }
  /** Whether the packet was redirected here by NAT. */
  | { readonly on: 'redirected'; readonly negated: boolean }
  /** The same for every first packet. */
  | { readonly on: 'fixed'; readonly holds: boolean }
  /** The client decides: its source port, how often it asks. */
  | { readonly on: 'client-choice'; readonly text: string }
  /** Source addresses in a list that was not read (ipset). */
  | { readonly on: 'source-list'; readonly text: string }
  | { readonly on: 'unclear'; readonly text: string };
