import type { Cursor } from './cursor.ts';
import { peek, takeSign, takeWord } from './cursor.ts';
import { readFields } from './fields.ts';
import { isSign, isWord } from './tokens.ts';
import type { Json, Names } from './values.ts';
import { asWritten, readSet, readValue, setName } from './values.ts';

const flags = ['random', 'fully-random', 'persistent'];

/** What stands behind `dnat`, `snat`, `redirect` and `masquerade`; `null`: nothing. */
export function readNat(cursor: Cursor, services: Names): Json | undefined {
  const family = isWord(peek(cursor, 1), 'to', 'addr', 'prefix') ? takeWord(cursor, 'ip', 'ip6') : null;
  // `dnat 10.0.0.2` is short for `dnat to 10.0.0.2`.
  const named = takeWord(cursor, 'to') !== null || isAddress(cursor);
  const addr = named && !isSign(peek(cursor), ':') ? readTarget(cursor, asWritten) : null;
  if (addr === undefined) return undefined;
  const port = named && takeSign(cursor, ':') !== null ? readTarget(cursor, services) : null;
  if (port === undefined) return undefined;
  do {
    if (takeWord(cursor, ...flags) === null) break;
  } while (takeSign(cursor, ',') !== null);
  // Interval maps and whatever else is new are not followed.
  if (named && addr === null && port === null) return undefined;
  if (peek(cursor)?.kind === 'sign') return undefined;
  return {
    ...(family === null ? {} : { family }),
    ...(addr === null ? {} : { addr }),
    ...(port === null ? {} : { port }),
  };
}

/** Whether something follows that is no other statement. */
function isAddress(cursor: Cursor): boolean {
  const token = peek(cursor);
  return token !== undefined && !isWord(token, ...flags, 'comment', 'counter', 'log') && !isSign(token, ';');
}

/** An address, a port, a range of one, or a map that has them. */
function readTarget(cursor: Cursor, names: Names): Json | undefined {
  const start = cursor.at;
  const key = readFields(cursor);
  if (key !== undefined && takeWord(cursor, 'map') !== null) {
    const data = setName(cursor) ?? readSet(cursor, names);
    return data === undefined ? undefined : { map: { key, data } };
  }
  cursor.at = start;
  return readValue(cursor, names);
}
