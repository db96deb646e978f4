import * as z from 'zod';
import type { FilterRule, Match, Target } from '../ruleset.ts';
import { matchOf } from './match.ts';
import type { Draft } from './draft.ts';
import { markEffect } from './mark.ts';
import { dnatOf, redirectOf } from './nat.ts';
import type { Scope } from './values.ts';
import { keyed } from './keyed.ts';

const Statement = z.record(z.string(), z.unknown());
const Comparison = z.object({ op: z.string(), left: z.unknown(), right: z.unknown() });
const Jump = z.object({ target: z.string() });
const Rejection = z.object({ type: z.string().optional() });
const VerdictMap = z.object({ key: z.unknown(), data: z.unknown() });
const Mangle = z.object({ key: z.object({ payload: z.object({ field: z.string() }) }) });
const DynamicSet = z.object({ stmt: z.unknown().optional() });

/** Statements after which the rule goes on as if nothing had been. */
const passing = new Set(
  'counter log last dup flow secmark comment ct_helper ct_timeout ct_expectation'.split(' '),
);
passing.add('ct helper').add('ct timeout').add('ct expectation');

const goesOn: Target = { kind: 'continue' };

/**
 * Reads a rule's `expr` of libnftables-json(5). A map becomes one rule for each element: no two of them
 * match the same packet.
 */
export function parseNftRule(
  statements: readonly unknown[],
  scope: Scope,
  at: { readonly text: string; readonly line: number | null },
): readonly FilterRule[] {
  let drafts: readonly Draft[] = [{ matches: [], effects: [], target: goesOn }];
  const done: Draft[] = [];
  for (const statement of statements) {
    const [entry] = Object.entries(Statement.safeParse(statement).data ?? { unknown: statement });
    const [keyword = 'unknown', body] = entry ?? [];
    const read = readStatement(keyword, body, scope);
    drafts = drafts.flatMap((draft) => {
      if (draft.target.kind !== 'continue') return [draft];
      // What changes a packet does so whatever conditions follow.
      const changed = draft.effects.length > 0 && read.some(({ matches }) => matches.length > 0);
      if (changed) done.push(draft);
      const from = changed ? { ...draft, effects: [] } : draft;
      return read.map(({ matches, effects, target }) => ({
        matches: [...from.matches, ...matches],
        effects: [...from.effects, ...effects],
        target,
      }));
    });
  }
  return [...done, ...drafts].map((draft) => ({ ...at, ...draft }));
}

function on(...matches: readonly Match[]): readonly Draft[] {
  return [{ matches, effects: [], target: goesOn }];
}

function ends(target: Target, ...matches: readonly Match[]): readonly Draft[] {
  return [{ matches, effects: [], target }];
}

function readStatement(keyword: string, body: unknown, scope: Scope): readonly Draft[] {
  const verdict = verdictOf(keyword, body);
  if (verdict !== null) return ends(verdict, ...impliedBy(keyword, body));
  const comparison = keyword === 'match' ? Comparison.safeParse(body).data : undefined;
  if (comparison !== undefined) {
    const { op, left, right } = comparison;
    return on(matchOf(scope, { op, left, right }));
  }
  switch (keyword) {
    case 'vmap':
      return readVerdictMap(body, scope);
    case 'dnat':
      return dnatOf(body, scope);
    case 'redirect':
      return redirectOf(body, scope);
    case 'mangle':
      return rewritesAddress(body)
        ? ends({ kind: 'unclear' })
        : [{ matches: [], effects: markEffect(body), target: goesOn }];
    case 'notrack':
      return [{ matches: [], effects: [{ kind: 'notrack' }], target: goesOn }];
    // Below a rate or above it: the client's own patience decides.
    case 'limit':
    case 'ct count':
    case 'quota':
      return on(choice(keyword, body));
    case 'set':
    case 'map':
    case 'meter':
      return DynamicSet.safeParse(body).data?.stmt === undefined ? on() : on(choice(keyword, body));
    default:
      return passing.has(keyword) ? on() : on({ on: 'unclear', text: JSON.stringify({ [keyword]: body }) });
  }
}

/** Whether the packet gets another address or port without NAT. */
function rewritesAddress(body: unknown): boolean {
  const field = Mangle.safeParse(body).data?.key.payload.field ?? '';
  return ['saddr', 'daddr', 'sport', 'dport'].includes(field);
}

/** nft(8) leaves out a condition that the kind of answer implies: ICMPv6 goes to IPv6 alone. */
function impliedBy(keyword: string, body: unknown): readonly Match[] {
  const type = keyword === 'reject' ? Rejection.safeParse(body).data?.type : undefined;
  if (type === 'icmp') return [{ on: 'family', families: ['ip'], negated: false }];
  if (type === 'icmpv6') return [{ on: 'family', families: ['ip6'], negated: false }];
  return type === 'tcp reset' ? [{ on: 'protocol', protocols: ['tcp'], negated: false }] : [];
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
  // NAT of the source comes behind the decision that matters here.
  if (keyword === 'snat' || keyword === 'masquerade') return { kind: 'accept' };
  return ['queue', 'tproxy', 'synproxy', 'fwd'].includes(keyword) ? { kind: 'unclear' } : null;
}

function readVerdictMap(body: unknown, scope: Scope): readonly Draft[] {
  const map = VerdictMap.safeParse(body).data;
  const cases = map === undefined ? null : keyed(map.key, map.data, scope);
  if (cases === null)
    return ends({ kind: 'unclear' }, { on: 'unclear', text: JSON.stringify({ vmap: body }) });
  return cases.map(({ matches, value }) => {
    const [[keyword, argument] = ['', null]] = Object.entries(Statement.safeParse(value).data ?? {});
    return { matches, effects: [], target: verdictOf(keyword, argument) ?? { kind: 'unclear' } };
  });
}
