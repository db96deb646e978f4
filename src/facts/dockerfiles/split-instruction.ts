import type { Flag, Instruction } from './instruction.ts';

type Draft = Omit<Instruction, 'text' | 'marks'>;

const jsonForms = new Set(['ADD', 'CMD', 'COPY', 'ENTRYPOINT', 'RUN', 'SHELL', 'VOLUME']);

/** Keyword, flags and arguments of a joined line. */
export function splitInstruction(logical: {
  readonly parts: readonly string[];
  readonly marks: readonly { readonly line: number; readonly column: number }[];
}): Draft {
  const text = logical.parts.join('');
  const { line, column } = logical.marks[0] ?? { line: 1, column: 1 };
  let { word: keyword, next: at } = takeKeyword(text, text.length - text.trimStart().length);
  let onbuild = false;
  if (keyword.toUpperCase() === 'ONBUILD') {
    onbuild = true;
    ({ word: keyword, next: at } = takeKeyword(text, at));
  }
  keyword = keyword.toUpperCase();
  const flags: Flag[] = [];
  while (text.startsWith('--', at)) {
    const { word, next } = takeWord(text, at);
    at = next;
    if (word === '--') break;
    const [, name = '', value = ''] = /^--([^=]*)=?(.*)$/s.exec(word) ?? [];
    flags.push({ name: name.toLowerCase(), value: value.replaceAll(/["']/g, '') });
  }
  const args = text.slice(at).trimEnd();
  // `HEALTHCHECK CMD [...]`: the list stands behind the word.
  const command = keyword === 'HEALTHCHECK' ? args.replace(/^cmd\s+/i, '') : args;
  const argv = jsonForms.has(keyword) || command !== args ? jsonForm(command) : null;
  return { keyword, onbuild, flags, args, argv, argsAt: at, line, column };
}

/** Up to the next blank, and where what follows begins. */
function takeKeyword(text: string, from: number): { readonly word: string; readonly next: number } {
  let at = from;
  while (at < text.length && !/\s/.test(text.charAt(at))) at += 1;
  const word = text.slice(from, at);
  while (at < text.length && /\s/.test(text.charAt(at))) at += 1;
  return { word, next: at };
}

/** A word in which quotes may hold blanks, and where the next begins. */
function takeWord(text: string, from: number): { readonly word: string; readonly next: number } {
  let at = from;
  let quote = '';
  for (; at < text.length; at++) {
    const character = text.charAt(at);
    if (quote === '' && /\s/.test(character)) break;
    if (quote === '' && (character === '"' || character === "'")) quote = character;
    else if (character === quote) quote = '';
  }
  const word = text.slice(from, at);
  while (at < text.length && /\s/.test(text.charAt(at))) at += 1;
  return { word, next: at };
}

/** A list of strings, whatever follows it; what is no such list is taken for the shell form, as a build does. */
function jsonForm(args: string): readonly string[] | null {
  if (!args.startsWith('[')) return null;
  try {
    const list: unknown = JSON.parse(args.slice(0, endOfList(args)));
    return Array.isArray(list) && list.every((each) => typeof each === 'string') ? list : null;
  } catch {
    return null;
  }
}

function endOfList(text: string): number {
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '\\') at += 1;
    else if (character === '"') isQuoted = !isQuoted;
    else if (character === ']' && !isQuoted) return at + 1;
  }
  return text.length;
}
