import type { Token } from './tokens.ts';
import { isSign, isWord, nestsTooDeep } from './tokens.ts';

/** A command, a declaration or a rule; `body` is what stands in its block, if it has one. */
export interface Statement {
  readonly words: readonly Token[];
  readonly body: readonly Statement[] | null;
}

/** What opens a block, in a file and in a table; in a chain or a set, braces are those of sets. */
const blocks = {
  file: 'table chain set map flowtable counter quota limit ct synproxy secmark tunnel'.split(' '),
  table: 'chain set map flowtable counter quota limit ct synproxy secmark tunnel'.split(' '),
  leaf: [],
} as const;
type Level = keyof typeof blocks;

/** @returns the first token that stands where none can, when braces do not match */
export function statementsOf(tokens: readonly Token[]): readonly Statement[] | { readonly wrong: Token } {
  const end = { at: 0 };
  const found = readBlock(tokens, end, 'file');
  const wrong = tokens[end.at] ?? (found === null ? tokens.at(-1) : undefined);
  return wrong === undefined ? (found ?? []) : { wrong };
}

/** Up to the brace that ends the block, or the end of the file; `null` when a brace is missing. */
function readBlock(
  tokens: readonly Token[],
  place: { at: number },
  level: Level,
): readonly Statement[] | null {
  const found: Statement[] = [];
  for (;;) {
    while (tokens[place.at]?.kind === 'newline' || isSign(tokens[place.at], ';')) place.at += 1;
    const token = tokens[place.at];
    if (token === undefined) return level === 'file' ? found : null;
    if (isSign(token, '}')) return found;
    const statement = readStatement(tokens, place, level);
    if (statement === null) return null;
    found.push(statement);
  }
}

function readStatement(tokens: readonly Token[], place: { at: number }, level: Level): Statement | null {
  const words: Token[] = [];
  let depth = 0;
  for (let token = tokens[place.at]; token !== undefined; token = tokens[place.at]) {
    if (depth === 0 && (token.kind === 'newline' || isSign(token, ';') || isSign(token, '}'))) break;
    if (depth === 0 && isSign(token, '{') && opensBlock(words, level)) {
      place.at += 1;
      const inner = isWord(subject(words), 'table') ? 'table' : 'leaf';
      const body = readBlock(tokens, place, inner);
      if (body === null || !isSign(tokens[place.at], '}')) return null;
      place.at += 1;
      return { words, body };
    }
    if (isSign(token, '{')) depth += 1;
    if (isSign(token, '}')) depth -= 1;
    if (token.kind !== 'newline') words.push(token);
    place.at += 1;
  }
  return depth === 0 && !nestsTooDeep(words) ? { words, body: null } : null;
}

function opensBlock(words: readonly Token[], level: Level): boolean {
  return isWord(subject(words), ...blocks[level]) && !words.some((word) => isSign(word, '='));
}

/** What a command is about: `chain` in `add chain inet filter input`. */
function subject(words: readonly Token[]): Token | undefined {
  return isWord(words[0], 'add', 'create') ? words[1] : words[0];
}
