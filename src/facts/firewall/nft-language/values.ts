import type { Cursor } from './cursor.ts';
import { atEnd, next, peek, takeName, takeNumber, takeSign, takeWord } from './cursor.ts';
import type { Token } from './tokens.ts';
import { isSign, isWord } from './tokens.ts';

/** An expression in the shape of libnftables-json(5). */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** An object of an expression: a statement, or a field. */
export type Body = Readonly<Record<string, Json>>;

/** What a bare word stands for, such as the name of a service. */
export type Names = (word: string) => Json;

/** Words that are themselves. */
export const asWritten: Names = (word) => word;

/** `{ … }`, `@name`, `a, b` or one value; `undefined`: not understood. */
export function readValues(cursor: Cursor, names: Names): Json | undefined {
  if (isSign(peek(cursor), '{')) return readSet(cursor, names);
  const name = setName(cursor);
  if (name !== null) return name;
  const values: Json[] = [];
  do {
    const value = readValue(cursor, names);
    if (value === undefined) return undefined;
    values.push(value);
  } while (takeSign(cursor, ',') !== null);
  return values.length === 1 ? values[0] : values;
}

/** `@name`. */
export function setName(cursor: Cursor): string | null {
  const token = peek(cursor);
  if (token?.kind !== 'word' || !token.text.startsWith('@')) return null;
  cursor.at += 1;
  return token.text;
}

/** `{ 22, 80-90, 10.0.0.0/8 : accept }`, with `elem` and counters of elements left out. */
export function readSet(cursor: Cursor, names: Names): Json | undefined {
  if (takeSign(cursor, '{') === null) return undefined;
  const elements: Json[] = [];
  for (;;) {
    if (takeSign(cursor, '}') !== null) return { set: elements };
    const inner = isSign(peek(cursor), '{') ? readSet(cursor, names) : readElement(cursor, names);
    if (inner === undefined) return undefined;
    elements.push(...(isSetOf(inner) ? inner.set : [inner]));
    if (takeSign(cursor, ',') === null && !isSign(peek(cursor), '}')) return undefined;
  }
}

export function isSetOf(value: Json): value is { readonly set: readonly Json[] } {
  return typeof value === 'object' && value !== null && 'set' in value && Array.isArray(value.set);
}

function readElement(cursor: Cursor, names: Names): Json | undefined {
  const key = takeSign(cursor, '*') === null ? readValue(cursor, names) : '*';
  if (key === undefined || !skipElementOptions(cursor)) return undefined;
  if (takeSign(cursor, ':') === null) return key;
  const value = readVerdict(cursor) ?? readValue(cursor, names);
  return value === undefined || !skipElementOptions(cursor) ? undefined : [key, value];
}

/** `timeout 1h expires 59m comment "…" counter packets 0 bytes 0`. */
function skipElementOptions(cursor: Cursor): boolean {
  for (;;) {
    const option = takeWord(cursor, 'timeout', 'expires', 'comment', 'counter', 'packets', 'bytes');
    if (option === null) return true;
    if (option !== 'counter' && takeName(cursor) === null) return false;
  }
}

/** `accept`, `jump chain`. */
export function readVerdict(cursor: Cursor): Json | undefined {
  const verdict = takeWord(cursor, 'accept', 'drop', 'continue', 'return');
  if (verdict !== null) return { [verdict]: null };
  const jump = takeWord(cursor, 'jump', 'goto');
  if (jump === null) return undefined;
  const target = takeName(cursor);
  return target === null ? undefined : { [jump]: { target } };
}

/** One value, be it several fields joined by dots. */
export function readValue(cursor: Cursor, names: Names): Json | undefined {
  const parts: Json[] = [];
  do {
    const part = readPart(cursor, names);
    if (part === undefined) return undefined;
    parts.push(part);
  } while (takeSign(cursor, '.') !== null);
  return parts.length === 1 ? parts[0] : { concat: parts };
}

/** One value that no `|` follows, unless in parentheses: `&` binds tighter. */
export function readMaskValue(cursor: Cursor): Json | undefined {
  return isSign(peek(cursor), '(') ? readPart(cursor, asWritten) : readAtom(cursor, asWritten);
}

/** `10.0.0.0/8`, `80-90`, `syn|ack`, `(fin|syn)`. */
function readPart(cursor: Cursor, names: Names): Json | undefined {
  if (takeSign(cursor, '(') !== null) {
    const inner = readPart(cursor, names);
    return takeSign(cursor, ')') === null ? undefined : inner;
  }
  const first = readAtom(cursor, names);
  if (first === undefined) return undefined;
  if (isSign(peek(cursor), '/') && isLength(peek(cursor, 1))) {
    next(cursor);
    return typeof first === 'string' ? { prefix: { addr: first, len: takeNumber(cursor) } } : undefined;
  }
  if (takeSign(cursor, '-') !== null) {
    const last = readAtom(cursor, names);
    return last === undefined ? undefined : { range: [first, last] };
  }
  return readAlternatives(cursor, names, first);
}

function isLength(token: Token | undefined): boolean {
  return token?.kind === 'word' && /^\d+$/.test(token.text);
}

/** Flags joined by `|` are a list, numbers their sum. */
function readAlternatives(cursor: Cursor, names: Names, first: Json): Json | undefined {
  const all = [first];
  while (takeSign(cursor, '|') !== null || takeWord(cursor, 'or') !== null) {
    const more = readAtom(cursor, names);
    if (more === undefined) return undefined;
    all.push(more);
  }
  if (all.length === 1) return first;
  if (all.every((one) => typeof one === 'number')) return all.reduce((sum, one) => (sum | one) >>> 0, 0);
  return all.every((one) => typeof one === 'string') ? all : undefined;
}

function readAtom(cursor: Cursor, names: Names): Json | undefined {
  if (takeSign(cursor, '[') !== null) {
    const address = takeName(cursor);
    return address === null || takeSign(cursor, ']') === null ? undefined : address;
  }
  if (atEnd(cursor)) return undefined;
  const token = peek(cursor);
  const number = takeNumber(cursor);
  if (number !== null) return number;
  if (isWord(token, 'missing', 'exists')) {
    cursor.at += 1;
    return token?.text === 'exists';
  }
  const name = takeName(cursor);
  if (name === null || name.startsWith('@')) return undefined;
  return token?.kind === 'word' ? names(name) : name;
}
