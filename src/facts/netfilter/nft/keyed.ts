import type { Match } from '../ruleset.ts';
import { anyOf } from './fields.ts';
import { matchOf } from './match.ts';
import type { Scope } from './values.ts';
import { pairsOf } from './values.ts';

/** What a map holds for packets that match one of its keys. */
export interface Case {
  readonly matches: readonly Match[];
  readonly value: unknown;
}

/**
 * The cases of a map lookup, as in `tcp dport map { 80 : 10.0.0.2 }`. The key `*` is for whatever no
 * other key matches.
 *
 * @returns `null` for a map that is not there
 */
export function keyed(key: unknown, data: unknown, scope: Scope): readonly Case[] | null {
  const pairs = pairsOf(data, scope);
  if (pairs === null) return null;
  const named = pairs.filter(([one]) => one !== '*');
  const cases = named.map(([one, value]): Case => ({
    matches: [matchOf(scope, { op: '==', left: key, right: { set: [one] } })],
    value,
  }));
  const rest = pairs.find(([one]) => one === '*');
  if (rest === undefined) return cases;
  const others = anyOf(
    key,
    cases.map(({ matches }) => matches),
    true,
  );
  return [...cases, { matches: [others], value: rest[1] }];
}
