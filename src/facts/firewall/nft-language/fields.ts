import type { Cursor } from './cursor.ts';
import { takeName, takeNumber, takeSign, takeWord } from './cursor.ts';
import type { Json } from './values.ts';
import { readMaskValue } from './values.ts';

const headers = [
  ...['ip', 'ip6', 'tcp', 'udp', 'udplite', 'sctp', 'dccp', 'th', 'icmp', 'icmpv6', 'igmp'],
  ...['arp', 'ether', 'vlan', 'esp', 'ah', 'comp', 'gre'],
];
/** Keys of `meta` that may stand alone. */
const metaKeys = [
  ...['mark', 'iif', 'iifname', 'iiftype', 'iifgroup', 'oif', 'oifname', 'oiftype', 'oifgroup', 'skuid'],
  ...['skgid', 'nftrace', 'rtclassid', 'ibrname', 'obrname', 'ibrport', 'obrport', 'pkttype', 'cpu'],
  ...['cgroup', 'time', 'day', 'hour'],
];
const bases = ['@ll', '@nh', '@th', '@ih'];

/** The left side of a comparison, of a map or of an assignment; `undefined`: not understood. */
export function readFields(cursor: Cursor): Json | undefined {
  const parts: Json[] = [];
  do {
    const field = readField(cursor);
    if (field === undefined) return undefined;
    parts.push(field);
  } while (takeSign(cursor, '.') !== null);
  return parts.length === 1 ? parts[0] : { concat: parts };
}

function readField(cursor: Cursor): Json | undefined {
  if (takeSign(cursor, '(') !== null) {
    const inner = readField(cursor);
    return takeSign(cursor, ')') === null ? undefined : inner;
  }
  const operand = readOperand(cursor);
  return operand === undefined ? undefined : readMask(cursor, operand);
}

const operators = ['&', '|', '^', 'and', 'or', 'xor'];
const signs: Readonly<Record<string, string>> = { and: '&', or: '|', xor: '^' };

/** `& 0xff`, `and 0xff`, `xor 0x10`, one after the other. */
function readMask(cursor: Cursor, operand: Json): Json | undefined {
  let masked = operand;
  for (let steps = 0; ; steps += 1) {
    const sign = takeSign(cursor, ...operators) ?? takeWord(cursor, ...operators);
    if (sign === null) return masked;
    const mask = readMaskValue(cursor);
    if (mask === undefined || steps > 8) return undefined;
    masked = { [signs[sign] ?? sign]: [masked, mask] };
  }
}

function readOperand(cursor: Cursor): Json | undefined {
  const header = takeWord(cursor, ...headers);
  if (header !== null) return readHeader(cursor, header);
  const key = takeWord(cursor, ...metaKeys);
  if (key !== null) return { meta: { key } };
  const base = takeWord(cursor, ...bases);
  if (base !== null) return readRaw(cursor, base.slice(1));
  switch (takeWord(cursor, 'meta', 'ct', 'fib', 'rt', 'numgen', 'exthdr', 'frag', 'hbh', 'dst', 'mh')) {
    case null:
      return undefined;
    case 'meta': {
      const name = takeName(cursor);
      return name === null ? undefined : { meta: { key: name } };
    }
    case 'ct':
      return readCt(cursor);
    case 'fib':
      return readFib(cursor);
    case 'rt':
      return readRouting(cursor);
    case 'numgen':
      return readNumgen(cursor);
    default:
      return takeName(cursor) === null ? undefined : { exthdr: {} };
  }
}

function readHeader(cursor: Cursor, protocol: string): Json | undefined {
  if (takeWord(cursor, 'option') !== null) {
    const name = takeName(cursor);
    const field = takeWord(
      cursor,
      'kind',
      'length',
      'size',
      'left',
      'right',
      'count',
      'tsval',
      'tsecr',
      'ptr',
    );
    return name === null ? undefined : { [`${protocol} option`]: { name, field } };
  }
  const field = takeName(cursor);
  return field === null ? undefined : { payload: { protocol, field } };
}

/** `@th,16,16`. */
function readRaw(cursor: Cursor, base: string): Json | undefined {
  if (takeSign(cursor, ',') === null) return undefined;
  const offset = takeNumber(cursor);
  const comma = takeSign(cursor, ',');
  const len = takeNumber(cursor);
  return offset === null || comma === null || len === null ? undefined : { payload: { base, offset, len } };
}

/** `ct state`, `ct original ip saddr`, `ct reply proto-dst`. */
function readCt(cursor: Cursor): Json | undefined {
  const dir = takeWord(cursor, 'original', 'reply');
  const family = takeWord(cursor, 'ip', 'ip6');
  const name = takeName(cursor);
  if (name === null) return undefined;
  const key = family === null ? name : `${family} ${name}`;
  return { ct: dir === null ? { key } : { key, dir } };
}

/** `fib saddr . iif oif`, `fib daddr type`. */
function readFib(cursor: Cursor): Json | undefined {
  const flags: string[] = [];
  do {
    const flag = takeWord(cursor, 'saddr', 'daddr', 'mark', 'iif', 'oif');
    if (flag === null) return undefined;
    flags.push(flag);
  } while (takeSign(cursor, '.') !== null);
  const result = takeWord(cursor, 'type', 'oif', 'oifname');
  return result === null ? undefined : { fib: { result, flags } };
}

/** Both the IPv6 header and what routing says of a packet go by `rt`. */
function readRouting(cursor: Cursor): Json | undefined {
  takeWord(cursor, 'ip', 'ip6');
  const key = takeName(cursor);
  if (key === null) return undefined;
  return ['type', 'nexthdr', 'hdrlength', 'seg-left'].includes(key) ? { exthdr: {} } : { rt: { key } };
}

/** `numgen inc mod 2 offset 1`. */
function readNumgen(cursor: Cursor): Json | undefined {
  const mode = takeWord(cursor, 'inc', 'random');
  if (mode === null || takeWord(cursor, 'mod') === null || takeNumber(cursor) === null) return undefined;
  if (takeWord(cursor, 'offset') !== null && takeNumber(cursor) === null) return undefined;
  return { numgen: { mode } };
}

/** Whether a field holds ports, so that a word there is the name of a service. */
export function holdsPorts(field: Json): boolean {
  return /"field":"[sd]port"|"proto-(?:src|dst)"|"base":"th"/.test(JSON.stringify(field));
}

/** Whether nft(8) asks of a field, without an operator, that any of the flags be set. */
export function holdsFlags(field: Json): boolean {
  return /^\{"payload":\{"protocol":"tcp","field":"flags"|^\{"ct":\{"key":"(?:state|status|label)"/.test(
    JSON.stringify(field),
  );
}
