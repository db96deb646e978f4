import type { Token } from './tokens.ts';
import { isSign, isWord, nestsTooDeep } from './tokens.ts';

/** What `define` has set so far, for a block and the blocks in it. */
export type Variables = Map<string, readonly Token[]>;

/** Of a text that doubles itself, as nft(8) would not load either. */
const longest = 200_000;

/** Puts the values of variables in their places; `null` when one is not defined. */
export function expand(tokens: readonly Token[], variables: Variables): readonly Token[] | null {
  if (!tokens.some(({ kind }) => kind === 'variable')) return nestsTooDeep(tokens) ? null : tokens;
  const expanded: Token[] = [];
  for (const token of tokens) {
    const value = token.kind === 'variable' ? variables.get(token.text) : [token];
    if (value === undefined || expanded.length + value.length > longest) return null;
    for (const one of value) expanded.push(one);
  }
  return nestsTooDeep(expanded) ? null : expanded;
}

/**
 * Follows `define X = …`, `redefine` and `undefine`.
 *
 * @returns whether the statement is one of these and understood; `null`: it is another
 */
export function define(words: readonly Token[], variables: Variables): boolean | null {
  const name = words[1]?.text ?? '';
  if (isWord(words[0], 'undefine')) return variables.delete(name);
  if (!isWord(words[0], 'define', 'redefine')) return null;
  const value = isSign(words[2], '=') ? expand(words.slice(3), variables) : null;
  if (value === null) return false;
  variables.set(name, value);
  return true;
}
