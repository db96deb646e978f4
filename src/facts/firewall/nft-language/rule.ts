import type { Cursor } from './cursor.ts';
import { atEnd, cursorAt, peek, takeName, takeNumber, takeSign, takeWord } from './cursor.ts';
import { readFields } from './fields.ts';
import { readCt, readMatch } from './match.ts';
import { readNat } from './nat.ts';
import type { Token } from './tokens.ts';
import { isSign, isWord, textOf } from './tokens.ts';
import type { Body, Json, Names } from './values.ts';
import { asWritten, readValue, readVerdict, setName } from './values.ts';

/**
 * Translates a rule to the `expr` of libnftables-json(5). From a statement that is not understood on, the
 * rest becomes one condition that nobody can decide, before the verdict that ends the rule if that is plain.
 */
export function ruleExpressions(tokens: readonly Token[], services: Names): readonly Body[] {
  const cursor = cursorAt(tokens);
  const read: Body[] = [];
  while (!atEnd(cursor)) {
    const from = cursor.at;
    const statement = readStatement(cursor, services);
    if (statement === undefined) return [...read, ...unread(tokens.slice(from))];
    read.push(...statement);
  }
  return read;
}

function unread(tokens: readonly Token[]): readonly Body[] {
  const marks = tokens.some((token) => isWord(token, 'set'));
  const changes = tokens.some((token) => isWord(token, 'set', 'map', 'add', 'update', 'delete'));
  const grown = changes ? tokens.filter(({ kind, text }) => kind === 'word' && text.startsWith('@')) : [];
  const forget = (owner: string): Body => ({ mangle: { key: { [owner]: { key: 'mark' } }, value: {} } });
  const verdict = lastVerdict(tokens);
  return [
    { 'not understood': textOf(tokens) },
    ...(marks ? [forget('meta'), forget('ct')] : []),
    ...grown.map(({ text }): Body => ({ set: { set: text } })),
    // A verdict that nobody can tell.
    ...(verdict ?? [{ queue: null }]),
  ];
}

/** The plain verdict at the end of a rule; `null` where there may be another. */
function lastVerdict(tokens: readonly Token[]): readonly Body[] | null {
  for (const length of [2, 1]) {
    const cursor = cursorAt(tokens.slice(-length));
    const verdict = tokens.length >= length ? (readVerdict(cursor) as Body | undefined) : undefined;
    if (verdict !== undefined && atEnd(cursor)) return [verdict];
  }
  return null;
}

/** @returns one or more statements, or `undefined` when it is not understood */
function readStatement(cursor: Cursor, services: Names): readonly Body[] | undefined {
  const verdict = readVerdict(cursor) as Body | undefined;
  if (verdict !== undefined) return [verdict];
  const special = readCt(cursor);
  if (special !== null) return special;
  const keyword = takeWord(cursor, ...Object.keys(readers));
  if (keyword === null) return readMatch(cursor, services);
  const body = readers[keyword]?.(cursor, services);
  if (body === undefined) return undefined;
  return [{ [['add', 'update', 'delete'].includes(keyword) ? 'set' : keyword]: body }];
}

type Reader = (cursor: Cursor, services: Names) => Json | undefined;

/** Statements that begin with a word of their own. */
const readers: Readonly<Record<string, Reader>> = {
  counter: (cursor) => options(cursor, { packets: 1, bytes: 1, name: 1 }),
  log: (cursor) =>
    options(cursor, { prefix: 1, level: 1, group: 1, snaplen: 1, 'queue-threshold': 1, flags: logFlags }),
  comment: (cursor) => takeName(cursor) ?? undefined,
  notrack: () => null,
  last: (cursor) => options(cursor, { used: 1 }),
  limit: readLimit,
  quota: readQuota,
  reject: readReject,
  dnat: readNat,
  snat: readNat,
  redirect: readNat,
  masquerade: readNat,
  queue: theRest,
  tproxy: theRest,
  synproxy: theRest,
  fwd: theRest,
  dup: (cursor) => {
    const to = takeWord(cursor, 'to') === null ? undefined : readValue(cursor, asWritten);
    if (to !== undefined && takeWord(cursor, 'device') !== null) takeName(cursor);
    return to === undefined ? undefined : null;
  },
  flow: (cursor) =>
    takeWord(cursor, 'add', 'offload') !== null && setName(cursor) !== null ? null : undefined,
  add: (cursor, services) => readSetUpdate(cursor, 'add', services),
  update: (cursor, services) => readSetUpdate(cursor, 'update', services),
  delete: (cursor, services) => readSetUpdate(cursor, 'delete', services),
  meter: readMeter,
};

/** Words with that many names behind each. */
function options(
  cursor: Cursor,
  known: Readonly<Record<string, 1 | ((cursor: Cursor) => void)>>,
): Json | undefined {
  // A counter of its own name.
  if ('packets' in known && peek(cursor)?.kind === 'quoted') cursor.at += 1;
  for (;;) {
    const word = takeWord(cursor, ...Object.keys(known));
    if (word === null) return null;
    const takes = known[word];
    if (typeof takes === 'function') takes(cursor);
    else if (takeName(cursor) === null) return undefined;
  }
}

/** `flags tcp sequence,options`, `flags all`. */
function logFlags(cursor: Cursor): void {
  if (takeWord(cursor, 'all', 'skuid', 'ether') !== null) return;
  if (takeWord(cursor, 'tcp', 'ip') === null) return;
  do takeName(cursor);
  while (takeSign(cursor, ',') !== null);
}

/** The last words of a rule, which nothing can follow. */
function theRest(cursor: Cursor): Json {
  cursor.at = cursor.tokens.length;
  return null;
}

/** `limit rate over 10/minute burst 5 packets`, `limit name "x"`. */
function readLimit(cursor: Cursor): Json | undefined {
  if (takeWord(cursor, 'name') !== null || takeWord(cursor, 'rate') === null)
    return takeName(cursor) ?? undefined;
  const over = takeWord(cursor, 'over', 'until') === 'over';
  const rate = takeNumber(cursor);
  const unit = takeSign(cursor, '/') === null ? takeName(cursor) : `/${takeName(cursor) ?? ''}`;
  if (rate === null || unit?.includes('/') !== true) return undefined;
  const units = ['packets', 'bytes', 'kbytes', 'mbytes'];
  if (
    takeWord(cursor, 'burst') !== null &&
    (takeNumber(cursor) === null || takeWord(cursor, ...units) === null)
  ) {
    return undefined;
  }
  return { rate: `${String(rate)}${unit}`, inv: over };
}

function readQuota(cursor: Cursor): Json | undefined {
  if (takeWord(cursor, 'name') !== null) return takeName(cursor) ?? undefined;
  takeWord(cursor, 'over', 'until');
  if (takeNumber(cursor) === null || takeName(cursor) === null) return undefined;
  const used =
    takeWord(cursor, 'used') !== null && (takeNumber(cursor) === null || takeName(cursor) === null);
  return used ? undefined : null;
}

/** `reject with tcp reset`, `reject with icmpx type port-unreachable`. */
function readReject(cursor: Cursor): Json | undefined {
  if (takeWord(cursor, 'with') === null) return null;
  if (takeWord(cursor, 'tcp') !== null)
    return takeWord(cursor, 'reset') === null ? undefined : { type: 'tcp reset' };
  const type = takeWord(cursor, 'icmp', 'icmpv6', 'icmpx');
  takeWord(cursor, 'type', 'code');
  const code = type === null ? null : takeName(cursor);
  return type === null || code === null ? undefined : { type, expr: code };
}

/** `add @set { ip saddr timeout 60s limit rate over 10/minute }`. */
function readSetUpdate(cursor: Cursor, op: string, services: Names): Json | undefined {
  const set = setName(cursor);
  const inner = set === null ? undefined : readKeyed(cursor, services);
  return set === null || inner === undefined ? undefined : { op, set, ...inner };
}

function readMeter(cursor: Cursor, services: Names): Json | undefined {
  const name = takeName(cursor);
  if (takeWord(cursor, 'size') !== null) takeNumber(cursor);
  return name === null ? undefined : readKeyed(cursor, services);
}

/** `{ ip saddr timeout 60s ct count over 3 }`: a key, and statements that hold of it. */
function readKeyed(cursor: Cursor, services: Names): Body | undefined {
  if (takeSign(cursor, '{') === null) return undefined;
  const elem = readFields(cursor);
  if (elem === undefined) return undefined;
  while (takeWord(cursor, 'timeout', 'expires') !== null) takeName(cursor);
  const stmt: Json[] = [];
  while (!isSign(peek(cursor), '}')) {
    const statements = atEnd(cursor) ? undefined : readStatement(cursor, services);
    if (statements === undefined) return undefined;
    stmt.push(...statements.filter((one) => !('counter' in one)));
  }
  cursor.at += 1;
  return stmt.length === 0 ? { elem } : { elem, stmt };
}
