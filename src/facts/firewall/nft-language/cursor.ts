import type { Token } from './tokens.ts';
import { isSign, isWord } from './tokens.ts';

/** A place among the tokens of one statement. */
export interface Cursor {
  readonly tokens: readonly Token[];
  at: number;
}

export function cursorAt(tokens: readonly Token[]): Cursor {
  return { tokens, at: 0 };
}

export function peek({ tokens, at }: Cursor, ahead = 0): Token | undefined {
  return tokens[at + ahead];
}

export function atEnd({ tokens, at }: Cursor): boolean {
  return at >= tokens.length;
}

export function next(cursor: Cursor): Token | undefined {
  const token = peek(cursor);
  cursor.at += 1;
  return token;
}

/** Passes the sign, if it is there. */
export function takeSign(cursor: Cursor, ...texts: readonly string[]): string | null {
  const token = peek(cursor);
  const found = texts.find((text) => isSign(token, text));
  if (found === undefined) return null;
  cursor.at += 1;
  return found;
}

/** Passes one of the words, if it is there. */
export function takeWord(cursor: Cursor, ...texts: readonly string[]): string | null {
  const token = peek(cursor);
  if (token === undefined || !isWord(token, ...texts)) return null;
  cursor.at += 1;
  return token.text;
}

/** Passes any word or quoted text. */
export function takeName(cursor: Cursor): string | null {
  const token = peek(cursor);
  if (token?.kind !== 'word' && token?.kind !== 'quoted') return null;
  cursor.at += 1;
  return token.text;
}

export function takeNumber(cursor: Cursor): number | null {
  const token = peek(cursor);
  if (token?.kind !== 'word' || !/^(?:\d+|0x[0-9a-f]+)$/i.test(token.text)) return null;
  cursor.at += 1;
  return Number(token.text);
}
