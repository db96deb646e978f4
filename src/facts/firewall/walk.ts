import type { AddressSet } from './addresses.ts';
import { intersect, subtract } from './addresses.ts';
import type { Doubt, InboundPacket } from './match-packet.ts';
import { matchRule } from './match-packet.ts';
import type { Chain, FilterRule, Table } from './ruleset.ts';

/** What becomes of a packet from these sources. */
export interface Part {
  readonly sources: AddressSet;
  readonly verdict: 'accept' | 'drop' | 'reject' | 'unknown';
  /** The rules that took it there. */
  readonly path: readonly string[];
  /** For `unknown`: the rule that was not understood. */
  readonly unclear: string | null;
}

/** A rule on the way that may have decided already. */
interface Pending {
  readonly doubt: Doubt;
  /** Whether it would refuse; `null`: it cannot be told what it would do. */
  readonly refuses: boolean | null;
  readonly text: string;
}

/** Sources whose packet is still on its way. */
interface Region {
  readonly sources: AddressSet;
  readonly path: readonly string[];
  readonly pending: readonly Pending[];
}

interface Walked {
  readonly decided: Part[];
  /** Came to the chain's end, or to a `return`. */
  readonly left: Region[];
}

/** Rules tried times sources told apart, for one chain: far beyond any real ruleset. */
const budget = 1_000_000;
const deepest = 64;

/** Takes a packet through a base chain. Whatever the ruleset, it ends. */
export function walkBaseChain(
  table: Table,
  chain: Chain,
  packet: InboundPacket,
  sources: AddressSet,
): Part[] {
  const steps = { left: budget };
  const start: Region = { sources, path: [], pending: [] };
  const { decided, left } = walkChain(table, chain, packet, start, steps, 0);
  const policy = chain.base?.policy ?? 'accept';
  const words = `policy ${policy} (${table.family} ${table.name} ${chain.name})`;
  return [...decided, ...left.map((region) => decide(region, policy, words))];
}

function walkChain(
  table: Table,
  chain: Chain,
  packet: InboundPacket,
  start: Region,
  steps: { left: number },
  depth: number,
): Walked {
  const decided: Part[] = [];
  const left: Region[] = [];
  let regions: readonly Region[] = [start];
  if (depth > deepest) return { decided: [unsure(start, `chain ${chain.name} is nested too deep`)], left };
  for (const rule of chain.rules) {
    const match = matchRule(rule, packet);
    if (match === null) continue;
    const next: Region[] = [];
    for (const region of regions) {
      steps.left -= 1;
      if (steps.left < 0)
        return { decided: [...decided, ...regions.map((one) => unsure(one, tooMany))], left: [] };
      const hit = intersect(region.sources, match.sources);
      if (hit.length === 0) {
        next.push(region);
        continue;
      }
      const rest = subtract(region.sources, match.sources);
      if (rest.length > 0) next.push({ ...region, sources: rest });
      const walkOn = (name: string, from: Region): Walked => {
        const called = table.chains.get(name);
        return called === undefined
          ? { decided: [unsure(from, rule.text)], left: [] }
          : walkChain(table, called, packet, from, steps, depth + 1);
      };
      const matched = { ...region, sources: hit };
      const result =
        match.doubt === null
          ? follow(rule, matched, walkOn)
          : { decided: [], ...doubtful(rule, match.doubt, matched, walkOn) };
      next.push(...result.on);
      decided.push(...result.decided);
      left.push(...result.left);
    }
    regions = next;
  }
  return { decided, left: [...left, ...regions] };
}

const tooMany = 'the ruleset is too large to follow';

type WalkOn = (chain: string, from: Region) => Walked;

/** A rule that surely matches. `on`: goes on with the next rule. */
function follow(rule: FilterRule, region: Region, walkOn: WalkOn): Walked & { on: readonly Region[] } {
  const { target, text } = rule;
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
    case 'jump': {
      const { decided, left } = walkOn(target.chain, { ...region, path: [...region.path, text] });
      return { decided, left: [], on: left.map((one) => ({ ...one, path: region.path })) };
    }
    case 'goto':
      return { ...walkOn(target.chain, { ...region, path: [...region.path, text] }), on: [] };
  }
}

/** A rule that may match: the packet goes on, and remembers what would have become of it. */
function doubtful(
  rule: FilterRule,
  doubt: Doubt,
  region: Region,
  walkOn: WalkOn,
): Pick<Walked, 'left'> & { on: readonly Region[] } {
  const { target, text } = rule;
  const remember = (sources: AddressSet, refuses: boolean | null) => ({
    ...region,
    sources,
    pending: [...region.pending, { doubt: refuses === null ? ('unclear' as const) : doubt, refuses, text }],
  });
  switch (target.kind) {
    case 'continue':
      return { left: [], on: [region] };
    case 'accept':
    case 'drop':
    case 'reject':
      return { left: [], on: [remember(region.sources, target.kind !== 'accept')] };
    case 'return':
      // Both ways are open to a client that chooses.
      if (doubt === 'client-choice') return { left: [region], on: [region] };
      return { left: [], on: [remember(region.sources, null)] };
    case 'unclear':
      return { left: [], on: [remember(region.sources, null)] };
    case 'jump':
    case 'goto': {
      const { decided, left } = walkOn(target.chain, region);
      const would = decided.map(({ sources, verdict }) =>
        remember(sources, verdict === 'unknown' ? null : verdict !== 'accept'),
      );
      if (target.kind === 'jump') return { left: [], on: [...would, ...left] };
      if (doubt === 'client-choice') return { left, on: [...would, region] };
      return { left: [], on: [...would, ...left.map(({ sources }) => remember(sources, null))] };
    }
  }
}

function unsure(region: Region, text: string): Part {
  return { sources: region.sources, verdict: 'unknown', path: [...region.path, text], unclear: text };
}

/** The end of the way: doubts on it count only where they would have led elsewhere. */
function decide(region: Region, verdict: 'accept' | 'drop' | 'reject', text: string): Part {
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
  const path = [...region.path, last];
  return { sources: region.sources, verdict: accepts ? 'accept' : verdict, path, unclear: null };
}
