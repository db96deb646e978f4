import type { Family } from '../addresses.ts';
import type { FilterRule } from '../ruleset.ts';
import { splitWords } from '../words.ts';
import type { IpSets } from './ipset.ts';
import { matchOf } from './match.ts';
import type { Option } from './options.ts';
import { optionsOf } from './options.ts';
import { effectsOf, targetOf } from './target.ts';

/** Reads the arguments behind `-A CHAIN`. What it does not know becomes a match that is `unclear`. */
export function parseIptablesRule(
  args: string,
  family: Family,
  at: { readonly text: string; readonly line: number },
  sets: IpSets,
): FilterRule {
  const words = splitWords(args);
  if (words === null) {
    return { ...at, matches: [{ on: 'unclear', text: args }], effects: [], target: { kind: 'unclear' } };
  }
  const options = optionsOf(words);
  const jump = options.find(({ name }) => ['-j', '--jump', '-g', '--goto'].includes(name));
  const [before, behind] = around(options, jump);
  // ufw writes matches behind the target, where iptables-save never does.
  const late = behind.findIndex(({ name }) => ['-m', '--match'].includes(name));
  const conditions = [...before, ...(late === -1 ? [] : behind.slice(late))];
  const arguments_ = late === -1 ? behind : behind.slice(0, late);
  return {
    ...at,
    matches: conditions.flatMap((option) => matchOf(option, conditions, { family, sets })),
    effects: effectsOf(jump, arguments_),
    target: targetOf(jump, arguments_, family),
  };
}

function around(
  options: readonly Option[],
  jump: Option | undefined,
): readonly [readonly Option[], readonly Option[]] {
  if (jump === undefined) return [options, []];
  const at = options.indexOf(jump);
  return [options.slice(0, at), options.slice(at + 1)];
}
