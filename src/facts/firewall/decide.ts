import type { AddressSet, Family } from './addresses.ts';
import {
  addressOf,
  internetAddresses,
  intersect,
  parseAddresses,
  privateNetworks,
  sizeOf,
  spell,
  subtract,
  toPrefixes,
  union,
} from './addresses.ts';
import type { InboundPacket } from './match-packet.ts';
import { mayBeRedirected } from './redirects.ts';
import type { Chain, Ruleset, Table } from './ruleset.ts';
import type { Part } from './walk.ts';
import { walkBaseChain } from './walk.ts';

/** Who asks: the neighbours on a link, every other private network, or every public address. */
export type SourceClass =
  | { readonly class: 'lan'; readonly cidr: string }
  | { readonly class: 'private'; readonly except: string }
  | { readonly class: 'internet' };

export interface InputQuestion {
  readonly proto: 'tcp' | 'udp';
  readonly port: number;
  /** One of this machine's own addresses; its family is the packet's. */
  readonly destination: string;
  /** Where the packet comes in. */
  readonly interface: string;
  readonly sources: SourceClass;
}

export interface InputDecision {
  /**
   * `accept` when any of the sources gets in, `unknown` when none surely does and some rule on the way
   * was not understood.
   */
  readonly verdict: 'accept' | 'drop' | 'reject' | 'unknown';
  /** What becomes of most of the sources: a few admitted ones do not change it. */
  readonly mostly: 'accept' | 'drop' | 'reject' | 'unknown';
  /** The rules that led to the verdict, in the words of their owner. */
  readonly path: readonly string[];
  /** Prefixes that get in; `0.0.0.0/0` or `::/0` for the internet, less `except`. */
  readonly accepted: readonly string[];
  readonly except: readonly string[];
  /** Every source that gets in. */
  readonly admitted: AddressSet;
  /** For `unknown`: the rule that was not understood, or what was not seen. */
  readonly unclear: string | null;
}

/**
 * What the host's own filter answers to a new connection. It follows the packet that reaches the input
 * hook; where NAT may have sent it elsewhere is another question: see decideArriving.
 */
export function decideInput(ruleset: Ruleset, question: InputQuestion): InputDecision {
  return decideParts(ruleset, question, (packet, sources) => inputParts(ruleset, packet, sources));
}

/** Takes a packet from these sources to the machine itself. */
export function inputParts(ruleset: Ruleset, packet: InboundPacket, sources: AddressSet): readonly Part[] {
  const redirected = mayBeRedirected(ruleset, packet.port, spell(packet.destination, packet.family));
  const inbound = { ...packet, originalPort: redirected ? null : packet.port };
  return partsAlong(ruleset, sources, [{ hooks: ['ingress', 'prerouting', 'input'], packet: inbound }]);
}

/** Sums up what becomes of a question's packet from all of its sources. */
export function decideParts(
  ruleset: Ruleset,
  question: InputQuestion,
  follow: (packet: InboundPacket, sources: AddressSet) => readonly Part[],
): InputDecision {
  const packet = packetOf(question);
  if (packet === null) return unaskable(question);
  const sources = sourcesOf(question.sources, packet.family);
  if (sources.length === 0) return unaskable(question);
  return summary(follow(packet, sources), sources, question.sources, packet.family, ruleset.gaps);
}

/** The packet that a question asks about, as the client sends it; `null` for no address of ours. */
function packetOf(question: InputQuestion): InboundPacket | null {
  const destination = addressOf(question.destination);
  if (destination === null) return null;
  return {
    family: destination.family,
    proto: question.proto,
    port: question.port,
    destination: destination.value,
    interface: question.interface,
    outInterface: null,
    originalPort: question.port,
  };
}

/** A part of the way: the hooks that call their chains, and the packet as it is there. */
export interface Stage {
  readonly hooks: readonly string[];
  readonly packet: InboundPacket;
}

/** A drop in any base chain is final; an accept ends only its own. */
export function partsAlong(ruleset: Ruleset, sources: AddressSet, stages: readonly Stage[]): readonly Part[] {
  let parts: readonly Part[] = [{ sources, verdict: 'accept', path: [], unclear: null }];
  for (const { hooks, packet } of stages) {
    for (const [table, chain] of chainsOnTheWay(ruleset, hooks, packet)) {
      parts = parts.flatMap((part) => {
        if (part.verdict === 'drop' || part.verdict === 'reject') return [part];
        return walkBaseChain(table, chain, packet, part.sources).map((next) =>
          onward(part, next, chain, packet),
        );
      });
    }
  }
  return parts;
}

/** Where a packet stands after one more base chain. */
function onward(before: Part, next: Part, chain: Chain, packet: InboundPacket): Part {
  const refused = next.verdict === 'drop' || next.verdict === 'reject';
  const beforeNat = chain.base?.hook === 'ingress' || chain.base?.hook === 'prerouting';
  // Before NAT the packet had another port, so a refusal of this port need not be one of that.
  if (refused && beforeNat && packet.originalPort === null) {
    return { ...next, verdict: 'unknown', unclear: next.path.at(-1) ?? '' };
  }
  if (refused) return next;
  if (before.verdict === 'unknown') return { ...before, sources: next.sources };
  return { ...next, path: [...before.path, ...next.path] };
}

function sourcesOf(sources: SourceClass, family: Family): AddressSet {
  if (sources.class === 'internet') return internetAddresses(family);
  if (sources.class === 'private') {
    const own = parseAddresses(sources.except);
    return subtract(privateNetworks(family), own?.family === family ? own.addresses : []);
  }
  const parsed = parseAddresses(sources.cidr);
  return parsed?.family === family ? parsed.addresses : [];
}

function chainsOnTheWay(
  ruleset: Ruleset,
  hooks: readonly string[],
  packet: InboundPacket,
): readonly (readonly [Table, Chain])[] {
  const order = (chain: Chain) => hooks.indexOf(chain.base?.hook ?? '') * 1e12 + (chain.base?.priority ?? 0);
  return ruleset.tables
    .filter(({ family }) => family === packet.family || family === 'inet' || family === 'netdev')
    .flatMap((table) => [...table.chains.values()].map((chain) => [table, chain] as const))
    .filter(([, { base }]) => base !== null && base.type !== 'nat' && hooks.includes(base.hook))
    .filter(([, { base }]) => base?.devices?.includes(packet.interface) ?? true)
    .toSorted(([, a], [, b]) => order(a) - order(b));
}

function summary(
  parts: readonly Part[],
  sources: AddressSet,
  asked: SourceClass,
  family: Family,
  gaps: readonly string[],
): InputDecision {
  const [gap] = gaps;
  const seen = parts.map((part): Part =>
    part.verdict === 'accept' && gap !== undefined ? { ...part, verdict: 'unknown', unclear: gap } : part,
  );
  const verdict = order.find((one) => seen.some((part) => part.verdict === one));
  const main = largest(seen.filter((part) => part.verdict === verdict));
  const accepted = union(seen.flatMap((part) => (part.verdict === 'accept' ? part.sources : [])));
  const unclear = verdict === 'unknown' ? (main?.unclear ?? null) : null;
  return {
    verdict: verdict ?? 'unknown',
    mostly: mainVerdict(seen),
    path: main?.path ?? [],
    ...wordsFor(accepted, sources, asked, family),
    admitted: accepted,
    unclear,
  };
}

/** Of a client that may choose its way, the open one counts. */
const order = ['accept', 'unknown', 'reject', 'drop'] as const;

function mainVerdict(parts: readonly Part[]): Part['verdict'] {
  const size = (verdict: Part['verdict']) =>
    sizeOf(union(parts.flatMap((part) => (part.verdict === verdict ? part.sources : []))));
  return order.toSorted((a, b) => (size(b) > size(a) ? 1 : size(b) < size(a) ? -1 : 0))[0] ?? 'unknown';
}

function largest(parts: readonly Part[]): Part | undefined {
  return parts.toSorted((a, b) => (sizeOf(b.sources) > sizeOf(a.sources) ? 1 : -1))[0];
}

/** Names a set of sources by what it has, or by what it lacks, whichever is less. */
function wordsFor(accepted: AddressSet, all: AddressSet, asked: SourceClass, family: Family) {
  if (asked.class === 'private' || sizeOf(accepted) * 2n < sizeOf(all)) {
    return { accepted: toPrefixes(accepted, family), except: [] };
  }
  const everyone = asked.class === 'lan' ? asked.cidr : family === 'ip' ? '0.0.0.0/0' : '::/0';
  return { accepted: [everyone], except: toPrefixes(subtract(all, intersect(all, accepted)), family) };
}

function unaskable({ destination }: InputQuestion): InputDecision {
  const unclear = `no packet for ${destination} comes from these sources`;
  const nobody = { path: [], accepted: [], except: [], admitted: [] };
  return { verdict: 'unknown', mostly: 'unknown', ...nobody, unclear };
}
