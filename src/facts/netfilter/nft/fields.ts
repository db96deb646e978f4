import * as z from 'zod';
import type { Family } from '../addresses.ts';
import type { Match } from '../ruleset.ts';

/** The left sides of comparisons in libnftables-json(5): which field of a packet they name. */

export const Meta = z.object({ meta: z.object({ key: z.string() }) });
export const Payload = z.object({ payload: z.object({ protocol: z.string(), field: z.string() }) });
export const Ct = z.object({ ct: z.object({ key: z.string(), dir: z.string().optional() }) });
export const Concat = z.object({ concat: z.array(z.unknown()) });
const RawPayload = z.object({
  payload: z.object({ base: z.literal('th'), offset: z.int(), len: z.literal(16) }),
});

/** `ip saddr`, `ip6 daddr`, `ct original ip daddr`. */
export function addressField(
  left: unknown,
): { readonly family: Family; readonly on: 'source' | 'destination' | 'original-destination' } | null {
  const payload = Payload.safeParse(left).data?.payload;
  if (payload !== undefined) {
    const family = familyOf(payload.protocol);
    if (family === null) return null;
    if (payload.field === 'saddr') return { family, on: 'source' };
    return payload.field === 'daddr' ? { family, on: 'destination' } : null;
  }
  const ct = Ct.safeParse(left).data?.ct;
  const [, protocol = '', field = ''] = /^(ip6?) ([sd]addr)$/.exec(ct?.key ?? '') ?? [];
  const family = familyOf(protocol);
  if (family === null || ct?.dir !== 'original') return null;
  return { family, on: field === 'saddr' ? 'source' : 'original-destination' };
}

export function familyOf(protocol: string): Family | null {
  return protocol === 'ip' || protocol === 'ip6' ? protocol : null;
}

export type PortField =
  | { readonly on: 'destination-port'; readonly protocols: readonly string[] }
  | { readonly on: 'original-port' }
  | { readonly on: 'client-choice' };

/** `tcp dport`, `th sport`, `@th,16,16`, `ct original proto-dst`. */
export function portField(left: unknown): PortField | null {
  const payload = Payload.safeParse(left).data?.payload;
  if (payload?.field === 'sport') return { on: 'client-choice' };
  if (payload?.field === 'dport') {
    return { on: 'destination-port', protocols: payload.protocol === 'th' ? [] : [payload.protocol] };
  }
  const raw = RawPayload.safeParse(left).data?.payload;
  if (raw?.offset === 0) return { on: 'client-choice' };
  if (raw?.offset === 16) return { on: 'destination-port', protocols: [] };
  const ct = Ct.safeParse(left).data?.ct;
  if (ct?.dir !== 'original') return null;
  if (ct.key === 'proto-src') return { on: 'client-choice' };
  return ct.key === 'proto-dst' ? { on: 'original-port' } : null;
}

/** One of these, or none of them; either way the packet must have the fields that are compared. */
export function anyOf(
  left: unknown,
  of: readonly (readonly Match[])[],
  negated: boolean,
  grows = false,
): Match {
  const found: Match = { on: 'any', of, negated, grows };
  const needed = negated ? dependenciesOf(left) : [];
  return needed.length === 0 ? found : all(...needed, found);
}

/** What nft(8) checks before it compares a field, and leaves out where it prints the rule. */
function dependenciesOf(left: unknown): readonly Match[] {
  const parts = Concat.safeParse(left).data?.concat;
  if (parts !== undefined) return parts.flatMap(dependenciesOf);
  const address = addressField(left);
  if (address !== null) return [{ on: 'family', families: [address.family], negated: false }];
  const port = portField(left);
  const protocols = port !== null && 'protocols' in port ? port.protocols : [];
  return protocols.length === 0 ? [] : [{ on: 'protocol', protocols, negated: false }];
}

export function all(...matches: readonly Match[]): Match {
  return { on: 'any', of: [matches], negated: false, grows: false };
}
