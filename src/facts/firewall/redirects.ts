import type { AddressSet } from './addresses.ts';
import { intersect, subtract } from './addresses.ts';
import type { InboundPacket } from './match-packet.ts';
import { matchRule } from './match-packet.ts';
import type { Chain, FilterRule, Ruleset, Table } from './ruleset.ts';

/** What NAT rewrites a destination to; `null`: leaves it as it is. */
export interface Redirect {
  readonly address: string | null;
  readonly port: number | null;
}

/**
 * Whether a NAT rule could bring a packet to this port and address that was sent to another one. It is
 * read from the rules' words, and says yes in doubt.
 */
export function mayBeRedirected(ruleset: Ruleset, port: number, address: string): boolean {
  return ruleset.tables
    .filter(({ chains }) => [...chains.values()].some(({ base }) => base?.type === 'nat'))
    .flatMap(({ chains }) => [...chains.values()].flatMap(({ rules }) => rules))
    .flatMap(redirectOf)
    .some((to) => (to.port === null || to.port === port) && (to.address === null || to.address === address));
}

export interface Redirected {
  readonly rule: FilterRule;
  readonly to: Redirect;
}

/** Where NAT sends the packet from these sources; neither: it leaves the packet alone. */
export interface Route {
  readonly sources: AddressSet;
  readonly redirected: Redirected | null;
  /** The rule that was not understood. */
  readonly unclear: string | null;
}

interface Walked {
  readonly decided: readonly Route[];
  /** An `accept`: no later rule of this base chain is asked. */
  readonly accepted: AddressSet;
  /** Came to the chain's end, or to a `return`. */
  readonly left: AddressSet;
}

/** Rules tried for one packet: far beyond any real ruleset. */
const budget = 100_000;
const deepest = 64;

/**
 * Tells sources apart by where NAT sends their packet. Only base chains before routing see a packet from
 * outside: a rule for the machine's own packets, or in a chain that nothing calls, takes none.
 */
export function routesOf(ruleset: Ruleset, packet: InboundPacket, sources: AddressSet): readonly Route[] {
  const decided: Route[] = [];
  const steps = { left: budget };
  let alone = sources;
  for (const [table, chain] of chainsBeforeRouting(ruleset, packet)) {
    const walked = walkNat({ table, packet, steps }, chain, alone, 0);
    decided.push(...walked.decided);
    alone = walked.decided.reduce((rest, route) => subtract(rest, route.sources), alone);
  }
  return alone.length === 0 ? decided : [...decided, { sources: alone, redirected: null, unclear: null }];
}

function chainsBeforeRouting(
  ruleset: Ruleset,
  { family }: InboundPacket,
): readonly (readonly [Table, Chain])[] {
  return ruleset.tables
    .filter((table) => table.family === family || table.family === 'inet')
    .flatMap((table) => [...table.chains.values()].map((chain) => [table, chain] as const))
    .filter(([, { base }]) => base?.type === 'nat' && base.hook === 'prerouting')
    .toSorted(([, a], [, b]) => (a.base?.priority ?? 0) - (b.base?.priority ?? 0));
}

interface Way {
  readonly table: Table;
  readonly packet: InboundPacket;
  readonly steps: { left: number };
}

function walkNat(way: Way, chain: Chain, start: AddressSet, depth: number): Walked {
  const decided: Route[] = [];
  const over: AddressSet[] = [];
  const left: AddressSet[] = [];
  let here = start;
  for (const rule of chain.rules) {
    way.steps.left -= 1;
    if (way.steps.left < 0) {
      const unclear = 'too many NAT rules to follow';
      if (here.length > 0) decided.push({ sources: here, redirected: null, unclear });
      return { decided, accepted: over.flat(), left: left.flat() };
    }
    const match = matchRule(rule, way.packet);
    const hit = match === null ? [] : intersect(here, match.sources);
    if (match === null || hit.length === 0) continue;
    const next = applyNat(way, rule, hit, depth);
    if (match.doubt !== null) {
      // A rule that changes nothing where it surely matches changes nothing in doubt either.
      if (next.decided.length === 0 && next.accepted.length === 0 && next.left.length === 0) continue;
      decided.push({ sources: hit, redirected: null, unclear: rule.text });
      here = subtract(here, hit);
      continue;
    }
    decided.push(...next.decided);
    over.push(next.accepted);
    left.push(next.left);
    here = subtract(here, hit).concat(next.on);
    here = here.toSorted((a, b) => (a.first < b.first ? -1 : 1));
  }
  return { decided, accepted: over.flat(), left: [...left.flat(), ...here] };
}

/** What one rule does with the packet of sources that it surely matches; `on`: they go on behind it. */
function applyNat(
  way: Way,
  rule: FilterRule,
  sources: AddressSet,
  depth: number,
): Walked & { readonly on: AddressSet } {
  const nobody = { decided: [], accepted: [], left: [], on: [] };
  const [to] = redirectOf(rule);
  if (to !== undefined) {
    return { ...nobody, decided: [{ sources, redirected: { rule, to }, unclear: null }] };
  }
  const unclear = { ...nobody, decided: [{ sources, redirected: null, unclear: rule.text }] };
  const { target } = rule;
  switch (target.kind) {
    case 'continue':
      return { ...nobody, on: sources };
    case 'accept':
      return { ...nobody, accepted: sources };
    case 'return':
      return { ...nobody, left: sources };
    case 'drop':
    case 'reject':
    case 'unclear':
      return unclear;
    case 'jump':
    case 'goto': {
      const called = way.table.chains.get(target.chain);
      if (called === undefined || depth >= deepest) return unclear;
      const inside = walkNat(way, called, sources, depth + 1);
      const back = inside.left;
      return target.kind === 'jump' ? { ...inside, left: [], on: back } : { ...inside, left: back, on: [] };
    }
  }
}

function redirectOf({ text }: FilterRule): readonly Redirect[] {
  if (!/\b(?:REDIRECT|DNAT|redirect|dnat)\b/.test(text)) return [];
  if (/\bct status dnat\b|--ctstate \S*DNAT/.test(text)) return [];
  const to = /(?:--to-destination|--to|\bto) (?:\[([^\]]+)\]|(\d+\.\d+\.\d+\.\d+))?(?::(\d+))?(?=\s|$)/.exec(
    text,
  );
  const toPort = /--to-ports (\d+)(?=\s|$)/.exec(text)?.[1] ?? to?.[3];
  return [{ address: to?.[1] ?? to?.[2] ?? null, port: toPort === undefined ? null : Number(toPort) }];
}
