import type { AddressSet } from './addresses.ts';
import { intersect, subtract, union } from './addresses.ts';
import type { CompiledChain, CompiledTable } from './compile.ts';
import type { Doubt, Matched } from './match.ts';
import { matchRule } from './match.ts';
import type { Machine, Packet } from './packet.ts';
import { affected, perhapsAffected } from './packet.ts';
import type { Part, Region } from './region.ts';
import type { CompiledRule } from './rule-list.ts';
import { decide, remembering, unsure } from './region.ts';
import type { Destination } from './ruleset.ts';

interface Walked {
  readonly decided: Part[];
  /** Came to the chain's end, or to a `return`. */
  readonly left: Region[];
}

/** Rules tried times sources told apart, for one base chain: far beyond any real ruleset. */
const budget = 2_000_000;
const deepest = 64;

interface Way {
  readonly table: CompiledTable;
  readonly machine: Machine;
  /** How many are left of the budget. */
  steps: number;
}

/** Takes a packet through a base chain. Whatever the ruleset, it ends. */
export function walkBaseChain(
  table: CompiledTable,
  chain: CompiledChain,
  machine: Machine,
  packet: Packet,
  sources: AddressSet,
): Part[] {
  const way = { table, machine, steps: budget };
  const { decided, left } = walkChain(way, chain, { sources, packet, path: [], pending: [] }, 0);
  const policy = chain.base?.policy ?? 'accept';
  const words = `policy ${policy} (${table.family} ${table.name} ${chain.name})`;
  return [...decided, ...left.map((region) => decide(region, policy, words))];
}

function walkChain(way: Way, chain: CompiledChain, start: Region, depth: number): Walked {
  if (depth > deepest)
    return { decided: [unsure(start, `chain ${chain.name} is nested too deep`)], left: [] };
  const decided: Part[] = [];
  const left: Region[] = [];
  let regions: readonly Region[] = [start];
  for (const rule of chain.rulesFor(start.packet)) {
    way.steps -= regions.length;
    if (way.steps < 0) {
      return { decided: [...decided, ...regions.map((one) => unsure(one, tooMany))], left: [] };
    }
    const matchOf = matcher(rule, way.machine);
    // Most rules are about somebody else.
    if (regions.every(({ packet }) => matchOf(packet) === null)) continue;
    const next: Region[] = [];
    for (const region of regions) {
      const match = matchOf(region.packet);
      if (match === null) next.push(region);
      else step(way, rule, region, match, depth, { decided, left, next });
    }
    regions = next;
    if (regions.length === 0) break;
  }
  return { decided, left: merged([...left, ...regions]) };
}

/** What a rule says of a packet; regions side by side mostly have the same one. */
function matcher(rule: CompiledRule, machine: Machine): (packet: Packet) => Matched | null {
  let last: Packet | undefined;
  let match: Matched | null = null;
  return (packet) => {
    if (packet !== last) match = matchRule(rule, packet, machine);
    last = packet;
    return match;
  };
}

const tooMany = 'the ruleset is too large to follow';

/** Tells a region's sources apart by one rule. */
function step(
  way: Way,
  rule: CompiledRule,
  region: Region,
  match: Matched,
  depth: number,
  into: Walked & { readonly next: Region[] },
): void {
  const hit = intersect(region.sources, match.surely);
  const perhaps = intersect(region.sources, match.perhaps);
  if (hit.length === 0 && perhaps.length === 0) {
    into.next.push(region);
    return;
  }
  const rest = subtract(subtract(region.sources, hit), perhaps);
  if (rest.length > 0) into.next.push({ ...region, sources: rest });
  const results = [
    ...(hit.length > 0 ? [surely(way, rule, { ...region, sources: hit }, depth)] : []),
    ...(perhaps.length > 0 && match.doubt !== null
      ? [doubtfully(way, rule, match.doubt, { ...region, sources: perhaps }, depth)]
      : []),
  ];
  for (const { decided, left, on } of results) {
    into.decided.push(...decided);
    into.left.push(...left);
    into.next.push(...on);
  }
}

/** Regions that nothing tells apart any more are one. */
function merged(regions: readonly Region[]): Region[] {
  const found: Region[] = [];
  for (const region of regions) {
    const same = found.findIndex(
      ({ packet, path, pending }) =>
        packet === region.packet && path === region.path && pending === region.pending,
    );
    const other = found[same];
    if (other === undefined) found.push(region);
    else found[same] = { ...other, sources: union([...other.sources, ...region.sources]) };
  }
  return found;
}

/** `on`: goes on with the next rule. */
type Stepped = Walked & { readonly on: readonly Region[] };

function call(way: Way, rule: CompiledRule, name: string, from: Region, depth: number): Walked {
  const called = way.table.chains.get(name);
  return called === undefined
    ? { decided: [unsure(from, rule.text)], left: [] }
    : walkChain(way, called, from, depth + 1);
}

/** A rule that surely matches. */
function surely(way: Way, rule: CompiledRule, at: Region, depth: number): Stepped {
  const { target } = rule;
  const text = rule.textFor(at.sources);
  const region = rule.effects.length === 0 ? at : { ...at, packet: affected(at.packet, rule.effects) };
  switch (target.kind) {
    case 'accept':
    case 'drop':
    case 'reject':
      return { decided: [decide(region, target.kind, text)], left: [], on: [] };
    case 'return':
      return { decided: [], left: [region], on: [] };
    case 'continue':
      return { decided: [], left: [], on: [region] };
    case 'unclear':
      return { decided: [unsure(region, text)], left: [], on: [] };
    case 'dnat':
      return { decided: target.to.map((to) => translate(region, to, text)), left: [], on: [] };
    case 'redirect': {
      const { family, interface: name } = region.packet;
      const address = way.machine.redirectAddress(family, name);
      if (address === null) return { decided: [decide(region, 'drop', text)], left: [], on: [] };
      const parts = target.ports.map((port) => translate(region, { address, port }, text));
      return { decided: parts, left: [], on: [] };
    }
    case 'jump': {
      const inside = { ...region, path: [...region.path, text] };
      const { decided, left } = call(way, rule, target.chain, inside, depth);
      return { decided, left: [], on: merged(left.map((one) => ({ ...one, path: region.path }))) };
    }
    case 'goto': {
      const inside = { ...region, path: [...region.path, text] };
      return { ...call(way, rule, target.chain, inside, depth), on: [] };
    }
  }
}

function translate(region: Region, { address, port, shifted }: Destination, text: string): Part {
  const { packet } = region;
  const asked = shifted === undefined ? packet.port : shiftedPort(packet.port, shifted);
  const to = { destination: address ?? packet.destination, port: port ?? asked };
  // What NAT leaves as it was is not DNAT to conntrack: nf_nat_setup_info of net/netfilter/nf_nat_core.c.
  const translated = to.destination !== packet.destination || to.port !== packet.port;
  return decide({ ...region, packet: { ...packet, ...to, translated, settled: true } }, 'accept', text);
}

/** In 16 bits: nf_nat_l4proto_unique_tuple of net/netfilter/nf_nat_core.c. */
export function shiftedPort(
  port: number,
  { first, count, base }: NonNullable<Destination['shifted']>,
): number {
  return first + (((port - base) & 0xffff) % count);
}

/** A rule that may match: the packet goes on, and remembers what would have become of it. */
function doubtfully(way: Way, rule: CompiledRule, doubt: Doubt, at: Region, depth: number): Stepped {
  const { target, text } = rule;
  const region = rule.effects.length === 0 ? at : { ...at, packet: perhapsAffected(at.packet, rule.effects) };
  const on = (refuses: boolean | null): Stepped => ({
    decided: [],
    left: [],
    on: [remembering(region, refuses === null ? 'unclear' : doubt, refuses, text)],
  });
  switch (target.kind) {
    case 'continue':
      return { decided: [], left: [], on: [region] };
    case 'accept':
    case 'drop':
    case 'reject':
      return on(target.kind !== 'accept');
    case 'return':
      // Both ways are open to a client that chooses.
      return doubt === 'client-choice' ? { decided: [], left: [region], on: [region] } : on(null);
    case 'unclear':
      return on(null);
    case 'dnat':
    case 'redirect':
      if (doubt !== 'client-choice') return { decided: [unsure(region, text)], left: [], on: [] };
      return { ...surely(way, rule, at, depth), on: [region] };
    case 'jump':
    case 'goto':
      return doubtfulCall(way, rule, target, doubt, region, depth);
  }
}

function doubtfulCall(
  way: Way,
  rule: CompiledRule,
  target: { readonly kind: 'jump' | 'goto'; readonly chain: string },
  doubt: Doubt,
  region: Region,
  depth: number,
): Stepped {
  const { decided, left } = call(way, rule, target.chain, region, depth);
  const changed = [...decided, ...left].some(({ packet }) => packet !== region.packet);
  if (doubt === 'client-choice') {
    if (target.kind === 'goto') return { decided, left, on: [region] };
    return { decided, left: [], on: merged([...left, region]) };
  }
  // Who can tell what a packet meets that may have been rewritten?
  if (changed) return { decided: [unsure(region, rule.text)], left: [], on: [] };
  const would = decided.map(({ sources, verdict }) => {
    const refuses = verdict === 'unknown' ? null : verdict !== 'accept';
    return remembering({ ...region, sources }, refuses === null ? 'unclear' : doubt, refuses, rule.text);
  });
  if (target.kind === 'jump') return { decided: [], left: [], on: [...would, ...left] };
  const ended = left.map(({ sources }) => remembering({ ...region, sources }, 'unclear', null, rule.text));
  return { decided: [], left: [], on: [...would, ...ended] };
}
