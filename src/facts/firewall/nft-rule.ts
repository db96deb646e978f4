import * as z from 'zod';
import { matchOf } from './nft-match.ts';
import type { Scope } from './nft-values.ts';
import { setKey, valuesOf } from './nft-values.ts';
import type { FilterRule, Match, Target } from './ruleset.ts';

const Statement = z.record(z.string(), z.unknown());
const Comparison = z.object({ op: z.string(), left: z.unknown(), right: z.unknown() });
const Jump = z.object({ target: z.string() });
const Concat = z.object({ concat: z.array(z.unknown()) });
const Rejection = z.object({ type: z.string().optional() });
const VerdictMap = z.object({ key: z.unknown(), data: z.unknown() });
const DynamicSet = z.object({ stmt: z.unknown().optional() });

/** Statements after which the rule goes on as if nothing had been. */
const passing = new Set(
  'counter log mangle last quota dup flow secmark comment ct_helper ct_timeout ct_expectation'.split(' '),
);
passing.add('ct helper').add('ct timeout').add('ct expectation');

interface Draft {
  readonly matches: readonly Match[];
  readonly target: Target;
}

/**
 * Reads a rule's `expr` of libnftables-json(5). A verdict map becomes one rule for each element: no two
 * of them match the same packet.
 */
export function parseNftRule(
  statements: readonly unknown[],
  scope: Scope,
  at: { readonly text: string; readonly line: number | null },
): readonly FilterRule[] {
  let drafts: readonly Draft[] = [{ matches: [], target: { kind: 'continue' } }];
  for (const statement of statements) {
    const [entry] = Object.entries(Statement.safeParse(statement).data ?? { unknown: statement });
    const [keyword = 'unknown', body] = entry ?? [];
    const read = (keyword === 'vmap'
      ? readVerdictMap(body, scope)
      : readConcatenation(keyword, body, scope)) ?? [readStatement(keyword, body, scope)];
    drafts = drafts.flatMap((draft) =>
      draft.target.kind === 'continue'
        ? read.map(({ matches, target }) => ({ matches: [...draft.matches, ...matches], target }))
        : [draft],
    );
  }
  return drafts.map((draft) => ({ ...at, ...draft }));
}

function readStatement(keyword: string, body: unknown, scope: Scope): Draft {
  const verdict = verdictOf(keyword, body);
  if (verdict !== null) return { matches: impliedBy(keyword, body), target: verdict };
  const on = (match: Match): Draft => ({ matches: [match], target: { kind: 'continue' } });
  const comparison = keyword === 'match' ? Comparison.safeParse(body).data : undefined;
  if (comparison !== undefined) {
    const { op, left, right } = comparison;
    return on(matchOf({ op, left, right }, scope));
  }
  // Below a rate or above it: the client's own patience decides.
  if (keyword === 'limit' || keyword === 'ct count') return on(choice(keyword, body));
  if (keyword === 'set' || keyword === 'map' || keyword === 'meter') {
    return DynamicSet.safeParse(body).data?.stmt === undefined
      ? { matches: [], target: { kind: 'continue' } }
      : on(choice(keyword, body));
  }
  if (passing.has(keyword)) return { matches: [], target: { kind: 'continue' } };
  return on({ on: 'unclear', text: JSON.stringify({ [keyword]: body }) });
}

/** nft(8) leaves out a condition that the kind of answer implies: ICMPv6 goes to IPv6 alone. */
function impliedBy(keyword: string, body: unknown): readonly Match[] {
  const type = keyword === 'reject' ? Rejection.safeParse(body).data?.type : undefined;
  if (type === 'icmp') return [{ on: 'family', families: ['ip'], negated: false }];
  if (type === 'icmpv6') return [{ on: 'family', families: ['ip6'], negated: false }];
  return type === 'tcp reset' ? [{ on: 'protocol', protocols: ['tcp'], negated: false }] : [];
}

/** `ip saddr . tcp dport { 10.0.0.1 . 22, … }`: one alternative for each element. */
function readConcatenation(keyword: string, body: unknown, scope: Scope): readonly Draft[] | null {
  const comparison = keyword === 'match' ? Comparison.safeParse(body).data : undefined;
  const left = Concat.safeParse(comparison?.left).data?.concat;
  const elements = comparison === undefined ? null : valuesOf(comparison.right, scope);
  if (left === undefined || elements === null || comparison?.op === '!=') return null;
  const drafts = elements.map((element): Draft | null => {
    const right = Concat.safeParse(element).data?.concat;
    if (right?.length !== left.length) return null;
    const matches = left.map((part, index) => matchOf({ op: '==', left: part, right: right[index] }, scope));
    return { matches, target: { kind: 'continue' } };
  });
  const read = drafts.filter((draft) => draft !== null);
  return read.length === drafts.length ? read : null;
}

function choice(keyword: string, body: unknown): Match {
  return { on: 'client-choice', text: JSON.stringify({ [keyword]: body }) };
}

function verdictOf(keyword: string, body: unknown): Target | null {
  if (keyword === 'accept' || keyword === 'drop' || keyword === 'reject') return { kind: keyword };
  if (keyword === 'return' || keyword === 'continue') return { kind: keyword };
  if (keyword === 'jump' || keyword === 'goto') {
    const chain = Jump.safeParse(body).data?.target;
    return chain === undefined ? { kind: 'unclear' } : { kind: keyword, chain };
  }
  const elsewhere = [
    'queue',
    'notrack',
    'tproxy',
    'synproxy',
    'fwd',
    'redirect',
    'dnat',
    'snat',
    'masquerade',
  ];
  return elsewhere.includes(keyword) ? { kind: 'unclear' } : null;
}

function readVerdictMap(body: unknown, scope: Scope): readonly Draft[] {
  const map = VerdictMap.safeParse(body).data;
  const pairs = map === undefined ? null : pairsOf(map.data, scope);
  const unclear: Draft = {
    matches: [{ on: 'unclear', text: JSON.stringify({ vmap: body }) }],
    target: { kind: 'unclear' },
  };
  if (map === undefined || pairs === null) return [unclear];
  return pairs.map(([value, verdict]) => {
    const [[keyword, argument] = ['', null]] = Object.entries(Statement.safeParse(verdict).data ?? {});
    const target = verdictOf(keyword, argument) ?? { kind: 'unclear' };
    return { matches: [matchOf({ op: '==', left: map.key, right: { set: [value] } }, scope)], target };
  });
}

function pairsOf(data: unknown, scope: Scope): readonly (readonly [unknown, unknown])[] | null {
  const named =
    typeof data === 'string' && data.startsWith('@')
      ? scope.sets.get(setKey(scope.family, scope.table, data.slice(1)))
      : z.object({ set: z.array(z.unknown()) }).safeParse(data).data?.set;
  const pairs = z.array(z.tuple([z.unknown(), z.unknown()])).safeParse(named);
  return pairs.success ? pairs.data : null;
}
