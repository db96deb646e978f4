import type { Cursor } from './cursor.ts';
import { atEnd, cursorAt, peek, takeName, takeNumber, takeSign, takeWord } from './cursor.ts';
import type { Token } from './tokens.ts';
import { isSign, isWord, textOf } from './tokens.ts';
import type { Json, Names } from './values.ts';
import { asWritten, isSetOf, readSet } from './values.ts';

/** What makes a chain a base chain, in the words of libnftables-json(5). */
export interface Hook {
  readonly type: string;
  readonly hook: string;
  readonly prio: number;
  readonly dev: readonly string[];
}

/** Names of priorities; see nft(8), "Standard priority names". */
const priorities: Readonly<Record<string, number>> = {
  raw: -300,
  mangle: -150,
  dstnat: -100,
  filter: 0,
  security: 50,
  srcnat: 100,
};

/** `type filter hook input device "eth0" priority filter + 10`; `null`: not understood. */
export function readHook(tokens: readonly Token[]): Hook | null {
  const cursor = cursorAt(tokens);
  const type = takeWord(cursor, 'type') === null ? null : takeName(cursor);
  const hook = takeWord(cursor, 'hook') === null ? null : takeName(cursor);
  const dev = readDevices(cursor);
  const prio = takeWord(cursor, 'priority') === null ? null : readPriority(cursor);
  if (type === null || hook === null || dev === null || prio === null || !atEnd(cursor)) return null;
  return { type, hook, prio, dev };
}

function readDevices(cursor: Cursor): readonly string[] | null {
  const word = takeWord(cursor, 'device', 'devices');
  if (word === null) return [];
  if (word === 'devices') takeSign(cursor, '=');
  if (!isSign(peek(cursor), '{')) {
    const name = takeName(cursor);
    return name === null ? null : [name];
  }
  const set = readSet(cursor, asWritten);
  return set === undefined || !isSetOf(set) ? null : set.set.filter((name) => typeof name === 'string');
}

function readPriority(cursor: Cursor): number | null {
  const token = peek(cursor);
  const [, name = '', glued = '0'] = /^([a-z]+)(-\d+)?$/.exec(token?.text ?? '') ?? [];
  const base = Object.hasOwn(priorities, name) ? (priorities[name] ?? 0) + Number(glued) : 0;
  if (Object.hasOwn(priorities, name)) cursor.at += 1;
  else if (!isNumberNext(cursor)) return null;
  const sign = takeSign(cursor, '+', '-');
  const more = takeNumber(cursor);
  if (sign !== null && more === null) return null;
  return base + (sign === '-' ? -(more ?? 0) : (more ?? 0));
}

function isNumberNext(cursor: Cursor): boolean {
  const ahead = isSign(peek(cursor), '-') || isSign(peek(cursor), '+') ? 1 : 0;
  return /^\d+$/.test(peek(cursor, ahead)?.text ?? '');
}

/** What is said of a set or a map. */
export interface SetParts {
  readonly elements: readonly Json[];
  /** Whether all of them were understood. */
  readonly whole: boolean;
}

/** Reads the statements in the block of a set or a map; its type says whether words are services. */
export function readSetParts(statements: readonly (readonly Token[])[], services: Names): SetParts {
  const typed = statements.find((words) => isWord(words[0], 'type', 'typeof'));
  const names = typed !== undefined && /inet_service|port|th \./.test(textOf(typed)) ? services : asWritten;
  const lists = statements.filter((words) => isWord(words[0], 'elements'));
  const read = lists.map((words) => readElements(words.slice(2), names));
  return {
    elements: read.flatMap((elements) => elements ?? []),
    whole: read.every((elements) => elements !== null),
  };
}

/** `{ 10.0.0.1, 10.0.0.2 }`; `null`: not understood. */
export function readElements(tokens: readonly Token[], names: Names): readonly Json[] | null {
  const cursor = cursorAt(tokens);
  const set = readSet(cursor, names);
  return set === undefined || !isSetOf(set) || !atEnd(cursor) ? null : set.set;
}
