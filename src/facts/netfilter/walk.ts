import type { AddressSet } from './addresses.ts';
import { intersect, subtract, union } from './addresses.ts';
import type { CompiledChain, CompiledTable } from './compile.ts';
import type { Doubt, Matched } from './match.ts';
import { matchRule } from './match.ts';
import type { Machine, Packet } from './packet.ts';
import { affected, perhapsAffected, translatedTo } from './packet.ts';
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

/** Where the regions of a chain go by one of its rules. */
interface Ends extends Walked {
  /** Go on with the next rule. */
  readonly next: Region[];
}

/** Tells a region's sources apart by one rule. */
function step(way: Way, rule: CompiledRule, region: Region, match: Matched, depth: number, into: Ends): void {
  const hit = intersect(region.sources, match.surely);
  const perhaps = intersect(region.sources, match.perhaps);
  const rest = subtract(subtract(region.sources, hit), perhaps);
  if (rest.length > 0) into.next.push(rest === region.sources ? region : { ...region, sources: rest });
  if (hit.length > 0)
    surely(way, rule, hit === region.sources ? region : { ...region, sources: hit }, depth, into);
  if (perhaps.length > 0 && match.doubt !== null)
    doubtfully(way, rule, match.doubt, { ...region, sources: perhaps }, depth, into);
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

function call(way: Way, rule: CompiledRule, name: string, from: Region, depth: number): Walked {
  const called = way.table.chains.get(name);
  return called === undefined
    ? { decided: [unsure(from, rule.text)], left: [] }
    : walkChain(way, called, from, depth + 1);
}

/** A rule that surely matches. */
function surely(way: Way, rule: CompiledRule, at: Region, depth: number, into: Ends): void {
  const { target } = rule;
  const text = rule.textFor(at.sources);
  const region = rule.effects.length === 0 ? at : { ...at, packet: affected(at.packet, rule.effects) };
  switch (target.kind) {
    case 'accept':
    case 'drop':
    case 'reject':
      into.decided.push(decide(region, target.kind, text));
      return;
    case 'return':
      into.left.push(region);
      return;
    case 'continue':
      into.next.push(region);
      return;
    case 'unclear':
      into.decided.push(unsure(region, text));
      return;
    case 'dnat':
      for (const to of target.to) into.decided.push(translate(region, to, text));
      return;
    case 'redirect': {
      const { family, interface: name } = region.packet;
      const address = way.machine.redirectAddress(family, name);
      if (address === null) into.decided.push(decide(region, 'drop', text));
      else for (const port of target.ports) into.decided.push(translate(region, { address, port }, text));
      return;
    }
    case 'jump':
    case 'goto': {
      const inside = { ...region, path: [...region.path, text] };
      const { decided, left } = call(way, rule, target.chain, inside, depth);
      into.decided.push(...decided);
      if (target.kind === 'goto') into.left.push(...left);
      else into.next.push(...merged(left.map((one) => ({ ...one, path: region.path }))));
    }
  }
}

function translate(region: Region, to: Destination, text: string): Part {
  return decide({ ...region, packet: translatedTo(region.packet, to) }, 'accept', text);
}

/** A rule that may match: the packet goes on, and remembers what would have become of it. */
function doubtfully(way: Way, rule: CompiledRule, doubt: Doubt, at: Region, depth: number, into: Ends): void {
  const { target, text } = rule;
  const region = rule.effects.length === 0 ? at : { ...at, packet: perhapsAffected(at.packet, rule.effects) };
  const goOn = (refuses: boolean | null) => {
    into.next.push(remembering(region, refuses === null ? 'unclear' : doubt, refuses, text));
  };
  switch (target.kind) {
    case 'continue':
      into.next.push(region);
      return;
    case 'accept':
    case 'drop':
    case 'reject':
      goOn(target.kind !== 'accept');
      return;
    case 'return':
      if (doubt !== 'client-choice') {
        goOn(null);
        return;
      }
      // Both ways are open to a client that chooses.
      into.left.push(region);
      into.next.push(region);
      return;
    case 'unclear':
      goOn(null);
      return;
    case 'dnat':
    case 'redirect':
      if (doubt !== 'client-choice') {
        into.decided.push(unsure(region, text));
        return;
      }
      surely(way, rule, at, depth, into);
      into.next.push(region);
      return;
    case 'jump':
    case 'goto':
      doubtfulCall(way, rule, target, doubt, region, depth, into);
  }
}

function doubtfulCall(
  way: Way,
  rule: CompiledRule,
  target: { readonly kind: 'jump' | 'goto'; readonly chain: string },
  doubt: Doubt,
  region: Region,
  depth: number,
  into: Ends,
): void {
  const { decided, left } = call(way, rule, target.chain, region, depth);
  const changed = [...decided, ...left].some(({ packet }) => packet !== region.packet);
  if (doubt === 'client-choice') {
    into.decided.push(...decided);
    if (target.kind === 'goto') {
      into.left.push(...left);
      into.next.push(region);
    } else into.next.push(...merged([...left, region]));
    return;
  }
  // Who can tell what a packet meets that may have been rewritten?
  if (changed) {
    into.decided.push(unsure(region, rule.text));
    return;
  }
  for (const { sources, verdict } of decided) {
    const refuses = verdict === 'unknown' ? null : verdict !== 'accept';
    into.next.push(
      remembering({ ...region, sources }, refuses === null ? 'unclear' : doubt, refuses, rule.text),
    );
  }
  if (target.kind === 'jump') into.next.push(...left);
  else {
    for (const { sources } of left)
      into.next.push(remembering({ ...region, sources }, 'unclear', null, rule.text));
  }
}
