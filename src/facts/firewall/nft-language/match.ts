import type { Cursor } from './cursor.ts';
import { peek, takeNumber, takeSign, takeWord } from './cursor.ts';
import { holdsFlags, holdsPorts, readFields } from './fields.ts';
import { isWord } from './tokens.ts';
import type { Body, Json, Names } from './values.ts';
import { asWritten, readSet, readValues, setName } from './values.ts';

/** `ct count over 20` and `ct helper set "ftp"`; `null`: it is something else. */
export function readCt(cursor: Cursor): readonly Body[] | undefined | null {
  if (!isWord(peek(cursor), 'ct')) return null;
  const key = peek(cursor, 1)?.text ?? '';
  if (key === 'count') {
    cursor.at += 2;
    const inv = takeWord(cursor, 'over') !== null;
    const val = takeNumber(cursor);
    return val === null ? undefined : [{ 'ct count': { val, inv } }];
  }
  const objects = ['helper', 'timeout', 'expectation', 'zone', 'event', 'label'];
  if (!objects.includes(key) || !isWord(peek(cursor, 2), 'set')) return null;
  cursor.at += 3;
  const name = readAssigned(cursor);
  if (name === undefined) return undefined;
  return ['helper', 'timeout', 'expectation'].includes(key) ? [{ [`ct ${key}`]: name }] : undefined;
}

/** A comparison, a verdict map or an assignment. */
export function readMatch(cursor: Cursor, services: Names): readonly Body[] | undefined {
  const left = readFields(cursor);
  if (left === undefined) return undefined;
  const names = holdsPorts(left) ? services : asWritten;
  if (takeWord(cursor, 'vmap') !== null) {
    const data = setName(cursor) ?? readSet(cursor, names);
    return data === undefined ? undefined : [{ vmap: { key: left, data } }];
  }
  if (takeWord(cursor, 'set') !== null) return readAssignment(cursor, left);
  const op = readOperator(cursor);
  const right = readValues(cursor, names);
  if (right === undefined) return undefined;
  // `tcp flags syn / fin,syn,rst,ack`
  if (takeSign(cursor, '/') !== null) {
    const mask = readValues(cursor, asWritten);
    return mask === undefined
      ? undefined
      : [{ match: { op: op ?? '==', left: { '&': [left, mask] }, right } }];
  }
  const anySet = typeof right !== 'object' || Array.isArray(right);
  const implied = holdsFlags(left) && anySet ? 'in' : '==';
  return [{ match: { op: op ?? implied, left, right } }];
}

const spelled: Readonly<Record<string, string>> = {
  eq: '==',
  ne: '!=',
  lt: '<',
  gt: '>',
  le: '<=',
  ge: '>=',
};

function readOperator(cursor: Cursor): string | null {
  const sign = takeSign(cursor, '==', '!=', '<=', '>=', '<', '>');
  if (sign !== null) return sign;
  const word = takeWord(cursor, ...Object.keys(spelled));
  return word === null ? null : (spelled[word] ?? null);
}

/** `meta mark set 0x1`, `ct mark set meta mark & 0xff`. */
function readAssignment(cursor: Cursor, key: Json): readonly Body[] | undefined {
  const value = readAssigned(cursor);
  return value === undefined ? undefined : [{ mangle: { key, value } }];
}

/** What a field is set to; `{}`: it depends on a map. */
function readAssigned(cursor: Cursor): Json | undefined {
  const start = cursor.at;
  const field = readFields(cursor);
  if (field === undefined) {
    cursor.at = start;
    return readValues(cursor, asWritten);
  }
  if (takeWord(cursor, 'map') === null) return field;
  return setName(cursor) === null && readSet(cursor, asWritten) === undefined ? undefined : {};
}
