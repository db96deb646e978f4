import type { AddressSet } from './addresses.ts';
import type { Doubt } from './match.ts';
import type { Packet } from './packet.ts';

/** What becomes of a packet from these sources. Parts may overlap where the client or the kernel chooses. */
export interface Part {
  readonly sources: AddressSet;
  readonly verdict: 'accept' | 'drop' | 'reject' | 'unknown';
  /** The rules that took it there. */
  readonly path: readonly string[];
  /** For `unknown`: the rule that was not understood. */
  readonly unclear: string | null;
  readonly packet: Packet;
}

/** A rule on the way that may have decided already. */
interface Pending {
  readonly doubt: Doubt;
  /** Whether it would refuse; `null`: it cannot be told what it would do. */
  readonly refuses: boolean | null;
  readonly text: string;
}

/** Sources whose packet is still on its way. */
export interface Region {
  readonly sources: AddressSet;
  readonly packet: Packet;
  readonly path: readonly string[];
  readonly pending: readonly Pending[];
}

/** The region behind a rule that may have decided. */
export function remembering(region: Region, doubt: Doubt, refuses: boolean | null, text: string): Region {
  return { ...region, pending: [...region.pending, { doubt, refuses, text }] };
}

/** The end of a way that nobody can follow. */
export function unsure({ sources, packet, path }: Region, text: string): Part {
  return { sources, packet, verdict: 'unknown', path: [...path, text], unclear: text };
}

/** The end of the way: doubts on it count only where they would have led elsewhere. */
export function decide(region: Region, verdict: 'accept' | 'drop' | 'reject', text: string): Part {
  const chosen = region.pending.findIndex(
    ({ doubt, refuses }) => doubt === 'client-choice' && refuses === false,
  );
  const early = verdict !== 'accept' && chosen !== -1;
  const accepts = verdict === 'accept' || early;
  const passed = early ? region.pending.slice(0, chosen) : region.pending;
  const other = passed.find(({ doubt, refuses }) => {
    if (refuses === null) return true;
    // A list of refused sources is no refusal of everybody; a list of admitted ones may be empty.
    return accepts ? refuses && doubt === 'unclear' : !refuses && doubt !== 'client-choice';
  });
  if (other !== undefined) return unsure(region, other.text);
  const last = early ? (region.pending[chosen]?.text ?? text) : text;
  const { sources, packet, path } = region;
  return { sources, packet, verdict: accepts ? 'accept' : verdict, path: [...path, last], unclear: null };
}
