import * as z from 'zod';
import { addressOf } from '../addresses.ts';
import { addressesBetween, mostDestinations, portsBetween } from '../nat-ranges.ts';
import type { Destination, Match, Target } from '../ruleset.ts';
import { portNumber } from '../service-ports.ts';
import { keyed } from './keyed.ts';
import type { Draft } from './draft.ts';
import type { Scope } from './values.ts';
import { Range } from './values.ts';

const Nat = z.object({
  family: z.enum(['ip', 'ip6']).optional(),
  addr: z.unknown().optional(),
  port: z.unknown().optional(),
});
const MapLookup = z.object({ map: z.object({ key: z.unknown(), data: z.unknown() }) });
const Concat = z.object({ concat: z.array(z.unknown()) });

const unclear: readonly Draft[] = [{ matches: [], effects: [], target: { kind: 'unclear' } }];

/** `dnat to 10.0.0.2:80`, `dnat to tcp dport map { 80 : 10.0.0.2 . 8080 }`. */
export function dnatOf(body: unknown, scope: Scope): readonly Draft[] {
  const nat = Nat.safeParse(body ?? {}).data;
  if (nat === undefined) return unclear;
  const drafts = byMap(nat, scope) ?? [draft(destinations(nat.addr, nat.port))];
  if (nat.family === undefined) return drafts;
  // nft(8) leaves out the condition that `dnat ip to` implies.
  const implied: Match = { on: 'family', families: [nat.family], negated: false };
  return drafts.map((one) => ({ ...one, matches: [implied, ...one.matches] }));
}

/** `redirect`, `redirect to :8080`, `redirect to :tcp dport map { … }`. */
export function redirectOf(body: unknown, scope: Scope): readonly Draft[] {
  const port = Nat.safeParse(body ?? {}).data?.port;
  const target = (value: unknown): Target => {
    const ports = portsOf(value);
    return ports === null ? { kind: 'unclear' } : { kind: 'redirect', ports };
  };
  const map = MapLookup.safeParse(port).data?.map;
  const cases = map === undefined ? undefined : keyed(map.key, map.data, scope);
  if (cases === null) return unclear;
  if (cases === undefined) return [{ matches: [], effects: [], target: target(port) }];
  return cases.map(({ matches, value }) => ({ matches, effects: [], target: target(value) }));
}

function draft(to: readonly Destination[] | null): Draft {
  return { matches: [], effects: [], target: to === null ? { kind: 'unclear' } : { kind: 'dnat', to } };
}

function byMap({ addr, port }: z.infer<typeof Nat>, scope: Scope): readonly Draft[] | null {
  const map = MapLookup.safeParse(addr).data?.map;
  const portMap = MapLookup.safeParse(port).success;
  if (map === undefined) return portMap ? unclear : null;
  const cases = portMap ? null : keyed(map.key, map.data, scope);
  if (cases === null) return unclear;
  return cases.map(({ matches, value }) => {
    const [address, ownPort] = Concat.safeParse(value).data?.concat ?? [value];
    return { ...draft(destinations(address, ownPort ?? port)), matches };
  });
}

function destinations(addr: unknown, port: unknown): readonly Destination[] | null {
  const addresses = addressesOf(addr);
  const ports = portsOf(port);
  if (addresses === null || ports === null || addresses.length * ports.length > mostDestinations) return null;
  return addresses.flatMap((address) => ports.map((one) => ({ address, port: one })));
}

function addressesOf(value: unknown): readonly (bigint | null)[] | null {
  if (value === undefined) return [null];
  const ends = (Range.safeParse(value).data?.range ?? [value, value]).map((end) => addressOf(String(end)));
  const [first, last] = ends;
  if (first === null || first === undefined || last === null || last === undefined) return null;
  return addressesBetween(first.value, last.value);
}

function portsOf(value: unknown): readonly (number | null)[] | null {
  if (value === undefined || value === null) return [null];
  const ends = (Range.safeParse(value).data?.range ?? [value, value]).map((end) => portNumber(String(end)));
  const [first, last] = ends;
  return typeof first === 'number' && typeof last === 'number' ? portsBetween(first, last) : null;
}
