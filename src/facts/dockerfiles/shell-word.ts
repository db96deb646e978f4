import type { Redirect, Script, ShellWord } from './shell-script.ts';

export interface Cursor {
  readonly text: string;
  at: number;
  depth: number;
  problem: string | null;
  /** Here-documents that begin behind the end of this line. */
  readonly waiting: { readonly redirects: Redirect[]; readonly name: string; readonly stripTabs: boolean }[];
  readonly parse: (cursor: Cursor, end: '' | ')' | '}') => Script;
}

type Inside = ShellWord['inside'][number];

/** Takes one word; stops at a blank or an operator outside of quotes. */
export function takeWord(cursor: Cursor): ShellWord {
  const { text, at } = cursor;
  const parts: string[] = [];
  const inside: Inside[] = [];
  while (cursor.at < text.length) {
    const character = text.charAt(cursor.at);
    if (/[ \t\r\n;&|)]/.test(character)) break;
    if ((character === '<' || character === '>') && text.charAt(cursor.at + 1) !== '(') break;
    if (character === '<' || character === '>') parts.push(takeSubstitution(cursor, 2, 'file', inside));
    else if (character === '(') {
      // `a=(b c)` and extended globs.
      parts.push(takeSubstitution(cursor, 1, 'output', []));
    } else parts.push(takePiece(cursor, inside));
  }
  return { text: parts.join(''), at, inside };
}

function takePiece(cursor: Cursor, inside: Inside[]): string {
  const { text } = cursor;
  const character = text.charAt(cursor.at);
  if (character === "'") return takeSingleQuoted(cursor);
  if (character === '"') return takeDoubleQuoted(cursor, inside);
  if (character === '\\') {
    const next = text.charAt(cursor.at + 1);
    cursor.at += 2;
    return next === '\n' ? '' : next;
  }
  if (character === '$') return takeDollar(cursor, inside);
  if (character === '`') return takeBackticks(cursor, inside);
  cursor.at += 1;
  return character;
}

function takeSingleQuoted(cursor: Cursor): string {
  const close = cursor.text.indexOf("'", cursor.at + 1);
  if (close === -1) cursor.problem ??= 'a quote is not closed';
  const end = close === -1 ? cursor.text.length : close;
  const quoted = cursor.text.slice(cursor.at + 1, end);
  cursor.at = end + 1;
  return quoted;
}

function takeDoubleQuoted(cursor: Cursor, inside: Inside[]): string {
  const { text } = cursor;
  const parts: string[] = [];
  cursor.at += 1;
  while (cursor.at < text.length) {
    const character = text.charAt(cursor.at);
    if (character === '"') {
      cursor.at += 1;
      return parts.join('');
    }
    if (character === '\\') {
      const next = text.charAt(cursor.at + 1);
      if (next !== '\n') parts.push('$`"\\'.includes(next) ? next : `\\${next}`);
      cursor.at += 2;
    } else if (character === '$') parts.push(takeDollar(cursor, inside));
    else if (character === '`') parts.push(takeBackticks(cursor, inside));
    else {
      parts.push(character);
      cursor.at += 1;
    }
  }
  cursor.problem ??= 'a quote is not closed';
  return parts.join('');
}

function takeDollar(cursor: Cursor, inside: Inside[]): string {
  const { text, at } = cursor;
  if (text.startsWith('$((', at)) {
    const close = text.indexOf('))', at);
    cursor.at = close === -1 ? text.length : close + 2;
    if (close === -1) cursor.problem ??= 'an arithmetic expression is not closed';
    return text.slice(at, cursor.at);
  }
  if (text.startsWith('$(', at)) return takeSubstitution(cursor, 2, 'output', inside);
  if (text.startsWith("$'", at)) {
    // ANSI-C quoting: an escaped quote does not end it.
    let end = at + 2;
    while (end < text.length && text.charAt(end) !== "'") end += text.charAt(end) === '\\' ? 2 : 1;
    cursor.at = end + 1;
    return text.slice(at + 2, end);
  }
  cursor.at += 1;
  if (!text.startsWith('${', at)) return '$';
  cursor.at += 1;
  while (cursor.at < text.length && text.charAt(cursor.at) !== '}') {
    const before = cursor.at;
    takePiece(cursor, inside);
    if (cursor.at === before) cursor.at += 1;
  }
  cursor.at += 1;
  return text.slice(at, cursor.at);
}

function takeSubstitution(cursor: Cursor, opening: number, as: Inside['as'], inside: Inside[]): string {
  const { text, at } = cursor;
  cursor.at += opening;
  const script = cursor.parse(cursor, ')');
  inside.push({ as, script });
  return text.slice(at, cursor.at);
}

/** The old form of a substitution. What is in it is read at its own place, escapes of its own left alone. */
function takeBackticks(cursor: Cursor, inside: Inside[]): string {
  const { text, at } = cursor;
  let end = at + 1;
  while (end < text.length && text.charAt(end) !== '`') end += text.charAt(end) === '\\' ? 2 : 1;
  if (end >= text.length) cursor.problem ??= 'a backtick is not closed';
  const part: Cursor = { ...cursor, text: text.slice(0, end), at: at + 1, waiting: [] };
  inside.push({ as: 'output', script: cursor.parse(part, '') });
  cursor.problem ??= part.problem;
  cursor.at = end + 1;
  return text.slice(at, cursor.at);
}
