import type { AddressSet, Family } from './addresses.ts';
import { followerOf } from './alike.ts';
import { internetAddresses, privateNetworks } from './address-classes.ts';
import { addressOf, intersect, parseAddresses, sizeOf, subtract, toPrefixes, union } from './addresses.ts';
import type { Netfilter } from './arrive.ts';
import { rememberedBy } from '../remember.ts';
import type { Part } from './region.ts';

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
 * What the host's own filter answers to a new connection, NAT aside: {@link arrive} follows that.
 *
 * @param gaps - what could not be seen and might refuse more
 */
export function decideInput(
  net: Netfilter,
  { proto, port, destination, interface: name, sources: asked }: InputQuestion,
  gaps: readonly string[],
): InputDecision {
  const to = addressOf(destination);
  if (to === null || sourcesOf(asked, to.family).length === 0) return unaskable(destination);
  const at = { family: to.family, proto, interface: name };
  return decisionOf(followerOf(net).askInput(at, to.value, port), asked, to.family, gaps);
}

/** Most doors of a machine get one of few answers. */
const decisionOf = rememberedBy(
  (asked: SourceClass, family: Family, [gap]: readonly string[]) =>
    [family, ...Object.values(asked), gap].join(' '),
  (parts: readonly Part[], asked, family, gaps): InputDecision =>
    summary(partsFrom(parts, sourcesOf(asked, family)), asked, family, gaps),
);

/** Those of the parts' sources that somebody is one of. */
export function partsFrom<T extends Part>(parts: readonly T[], sources: AddressSet): readonly T[] {
  return parts.flatMap((part) => {
    const here = intersect(part.sources, sources);
    return here.length === 0 ? [] : [{ ...part, sources: here }];
  });
}

/** Every address of a class. */
export const sourcesOf = rememberedBy((family: Family) => family, addressesOf);

function addressesOf(sources: SourceClass, family: Family): AddressSet {
  if (sources.class === 'internet') return internetAddresses(family);
  if (sources.class === 'private') {
    const own = parseAddresses(sources.except);
    return subtract(privateNetworks(family), own?.family === family ? own.addresses : []);
  }
  const parsed = parseAddresses(sources.cidr);
  return parsed?.family === family ? parsed.addresses : [];
}

/** Sums up what becomes of a packet from all sources of a class. */
export function summary(
  parts: readonly Part[],
  asked: SourceClass,
  family: Family,
  gaps: readonly string[],
): InputDecision {
  const [gap] = gaps;
  const sources = sourcesOf(asked, family);
  const seen = parts.map((part): Part =>
    part.verdict === 'accept' && gap !== undefined ? { ...part, verdict: 'unknown', unclear: gap } : part,
  );
  const verdict = order.find((one) => seen.some((part) => part.verdict === one));
  const main = () => largest(seen.filter((part) => part.verdict === verdict));
  const admitted = union(seen.flatMap((part) => (part.verdict === 'accept' ? part.sources : [])));
  return {
    verdict: verdict ?? 'unknown',
    admitted,
    // Few ask for these, and they take a while.
    get path() {
      return main()?.path ?? [];
    },
    get unclear() {
      return verdict === 'unknown' ? (main()?.unclear ?? null) : null;
    },
    get mostly() {
      return mainVerdict(seen);
    },
    get accepted() {
      return wordsFor(admitted, sources, asked, family).accepted;
    },
    get except() {
      return wordsFor(admitted, sources, asked, family).except;
    },
  };
}

/** Of a client that may choose its way, the open one counts. */
const order = ['accept', 'unknown', 'reject', 'drop'] as const;

function mainVerdict(parts: readonly Part[]): Part['verdict'] {
  const size = (verdict: Part['verdict']) =>
    sizeOf(union(parts.flatMap((part) => (part.verdict === verdict ? part.sources : []))));
  return order.toSorted((a, b) => (size(b) > size(a) ? 1 : size(b) < size(a) ? -1 : 0))[0] ?? 'unknown';
}

/** Of equals the first: the plain way comes before the unusual ones. */
function largest(parts: readonly Part[]): Part | undefined {
  let found: { readonly part: Part; readonly size: bigint } | undefined;
  for (const part of parts) {
    const size = sizeOf(part.sources);
    if (found === undefined || size > found.size) found = { part, size };
  }
  return found?.part;
}

/** Names a set of sources by what it has, or by what it lacks, whichever is less. */
function wordsFor(accepted: AddressSet, all: AddressSet, asked: SourceClass, family: Family) {
  if (asked.class === 'private' || sizeOf(accepted) * 2n < sizeOf(all)) {
    return { accepted: toPrefixes(accepted, family), except: [] };
  }
  const everyone = asked.class === 'lan' ? asked.cidr : family === 'ip' ? '0.0.0.0/0' : '::/0';
  return { accepted: [everyone], except: toPrefixes(subtract(all, intersect(all, accepted)), family) };
}

function unaskable(destination: string): InputDecision {
  const unclear = `no packet for ${destination} comes from these sources`;
  const nobody = { path: [], accepted: [], except: [], admitted: [] };
  return { verdict: 'unknown', mostly: 'unknown', ...nobody, unclear };
}
