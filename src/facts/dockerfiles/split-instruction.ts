import type { Flag, Instruction } from './instruction.ts';

type Draft = Omit<Instruction, 'text' | 'marks'>;

const flagged = new Set(['ADD', 'COPY', 'FROM', 'HEALTHCHECK', 'RUN']);
const jsonForms = new Set(['ADD', 'CMD', 'COPY', 'ENTRYPOINT', 'RUN', 'SHELL', 'VOLUME']);

/** Keyword, flags and arguments of a joined line. */
export function splitInstruction(logical: {
  readonly parts: readonly string[];
  readonly marks: readonly { readonly line: number; readonly column: number }[];
}): Draft {
  const text = logical.parts.join('');
  const { line, column } = logical.marks[0] ?? { line: 1, column: 1 };
  let { word: keyword, next: at } = takeWord(text, 0);
  let onbuild = false;
  while (keyword.toUpperCase() === 'ONBUILD') {
    onbuild = true;
    ({ word: keyword, next: at } = takeWord(text, at));
  }
  keyword = keyword.toUpperCase();
  const flags: Flag[] = [];
  while (flagged.has(keyword) && text.startsWith('--', at)) {
    const { word, next } = takeWord(text, at);
    at = next;
    if (word === '--') break;
    const [, name = '', value = ''] = /^--([^=]*)=?(.*)$/s.exec(word) ?? [];
    flags.push({ name: name.toLowerCase(), value: value.replaceAll(/["']/g, '') });
  }
  const args = text.slice(at).trimEnd();
  // `HEALTHCHECK CMD [...]`: the list stands behind the word.
  const list = keyword === 'HEALTHCHECK' ? args.replace(/^cmd\s+/i, '') : args;
  const argv = jsonForms.has(keyword) || list !== args ? jsonForm(list) : null;
  return { keyword, onbuild, flags, args, argv, argsAt: at, line, column };
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

/** A list of strings; what is no such list is taken for the shell form, as a build does. */
function jsonForm(args: string): readonly string[] | null {
  if (!args.startsWith('[')) return null;
  try {
    const list: unknown = JSON.parse(args);
    const isList = Array.isArray(list) && list.every((each) => typeof each === 'string');
    return isList ? list : null;
  } catch {
    return null;
  }
}
