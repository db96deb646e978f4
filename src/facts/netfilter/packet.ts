import type { AddressSet, Family } from './addresses.ts';
import type { Destination, Effect, MarkOwner } from './ruleset.ts';

/** The first packet of a connection, wherever it is on its way; its source is told apart elsewhere. */
export interface Packet {
  readonly family: Family;
  readonly proto: 'tcp' | 'udp';
  readonly interface: string;
  /** Where it leaves again; `null` before that is known, and when it is for this machine itself. */
  readonly outInterface: string | null;
  /** What the client asked for, before NAT. */
  readonly asked: { readonly destination: bigint; readonly port: number };
  readonly destination: bigint;
  readonly port: number;
  /** Whether NAT has changed its destination. */
  readonly translated: boolean;
  /** Whether NAT has chosen its destination, be it the same: nobody asks NAT again. */
  readonly settled: boolean;
  /** Whether conntrack follows it; a packet that it does not follow meets no NAT. */
  readonly tracked: boolean;
  /** `null`: not known. */
  readonly marks: Readonly<Record<MarkOwner, number | null>>;
}

/** What a packet's fate needs to be known of the machine, besides its rules. */
export interface Machine {
  /** How the kernel routes to an address; `null`: not known. */
  readonly typeOf: (family: Family, address: bigint, onInterface: string | null) => string | null;
  /** Every address of that kind that a packet may carry; `null`: not known. */
  readonly addressesOfType: (family: Family, type: string) => AddressSet | null;
  /** Sources that a route leads back to, over this interface or (`null`) any; `null`: not known. */
  readonly routedBack: (family: Family, over: string | null) => AddressSet | null;
  /** The address that REDIRECT sends packets of an interface to; `null`: it has none. */
  readonly redirectAddress: (family: Family, name: string) => bigint | null;
}

/** A first packet as it arrives. */
export function arriving(
  { family, proto, interface: name }: Pick<Packet, 'family' | 'proto' | 'interface'>,
  destination: bigint,
  port: number,
): Packet {
  return {
    family,
    proto,
    interface: name,
    outInterface: null,
    asked: { destination, port },
    destination,
    port,
    translated: false,
    settled: false,
    tracked: true,
    marks: { packet: 0, connection: 0 },
  };
}

/** The packet behind a rule that changes it. */
export function affected(packet: Packet, effects: readonly Effect[]): Packet {
  return effects.reduce<Packet>((now, effect) => {
    switch (effect.kind) {
      case 'notrack':
        return { ...now, tracked: false };
      case 'forget-mark':
        return withMark(now, effect.of, null);
      case 'set-mark': {
        const mark = now.marks[effect.of];
        const kept = effect.keep === 0 ? 0 : mark === null ? null : mark & effect.keep;
        return withMark(now, effect.of, kept === null ? null : (kept ^ effect.toggle) >>> 0);
      }
      case 'copy-mark': {
        const from = now.marks[effect.from];
        const to = now.marks[effect.to];
        const kept = effect.keep === 0 ? 0 : to === null ? null : to & effect.keep;
        const known = kept !== null && from !== null;
        return withMark(now, effect.to, known ? (kept ^ (from & effect.take)) >>> 0 : null);
      }
    }
  }, packet);
}

/** The packet behind a rule that may have changed it, or not. */
export function perhapsAffected(packet: Packet, effects: readonly Effect[]): Packet {
  return effects.reduce<Packet>((now, effect) => {
    if (effect.kind === 'notrack') return now;
    const of = effect.kind === 'copy-mark' ? effect.to : effect.of;
    return affected(packet, effects).marks[of] === packet.marks[of] ? now : withMark(now, of, null);
  }, packet);
}

function withMark(packet: Packet, of: MarkOwner, mark: number | null): Packet {
  return { ...packet, marks: { ...packet.marks, [of]: mark } };
}

/** The packet behind a rule that gives it another destination. */
export function translatedTo(packet: Packet, { address, port, shifted }: Destination): Packet {
  const asked = shifted === undefined ? packet.port : shiftedPort(packet.port, shifted);
  const to = { destination: address ?? packet.destination, port: port ?? asked };
  // What NAT leaves as it was is not DNAT to conntrack: nf_nat_setup_info of net/netfilter/nf_nat_core.c.
  const translated = to.destination !== packet.destination || to.port !== packet.port;
  return { ...packet, ...to, translated, settled: true };
}

/** In 16 bits: nf_nat_l4proto_unique_tuple of net/netfilter/nf_nat_core.c. */
export function shiftedPort(
  port: number,
  { first, count, base }: NonNullable<Destination['shifted']>,
): number {
  return first + (((port - base) & 0xffff) % count);
}
