import * as z from 'zod';
import { rememberedBy } from '../../remember.ts';
import { parseAddresses, union } from '../addresses.ts';
import type { Match, PortRange } from '../ruleset.ts';
import { portNumber } from '../service-ports.ts';
import { addressField, all, anyOf, Concat, familyOf, Meta, Payload, portField } from './fields.ts';
import { markOwner } from './mark.ts';
import type { Scope } from './values.ts';
import { isGrowing, Prefix, Range, valuesOf, wordsOf } from './values.ts';
import { readWords } from './word-match.ts';

/** One comparison of libnftables-json(5). */
export interface Comparison {
  readonly op: string;
  readonly left: unknown;
  readonly right: unknown;
}

const And = z.object({ '&': z.tuple([z.unknown(), z.unknown()]) });
/** `{ syn, ack }`: each as it stands, where a plain list is one value. */
const AnyOfThese = z.object({ set: z.array(z.unknown()) });
const Choice = z.union([
  z.object({ numgen: z.unknown() }),
  z.object({ exthdr: z.unknown() }),
  z.object({ 'tcp option': z.unknown() }),
]);

/** What a comparison means for the first packet of a connection; an engine's thousand rules repeat most of theirs. */
export const matchOf = rememberedBy(
  ({ op, left, right }: Comparison) => JSON.stringify([op, left, right]),
  (scope: Scope, comparison): Match => {
    const { op, right } = comparison;
    if (!operators.has(op)) return unclear(comparison);
    const negated = op === '!=';
    const found = readConcatenation(comparison, scope) ?? readSimple(comparison, scope);
    if (found === null) return unclear(comparison);
    // Who is not listed yet may be, once a rule has added him.
    if (!isGrowing(right, scope) || (found.on === 'any' && found.grows)) return found;
    const listed = negated ? readSimple({ ...comparison, op: '==' }, scope) : found;
    return anyOf(comparison.left, listed === null ? [] : [[listed]], negated, true);
  },
);

const operators = new Set(['==', '!=', 'in', '<', '>', '<=', '>=']);

function unclear(comparison: Comparison): Match {
  return { on: 'unclear', text: JSON.stringify({ match: comparison }) };
}

function readSimple(comparison: Comparison, scope: Scope): Match | null {
  const { op, left, right } = comparison;
  return (
    readAddress(comparison, scope) ??
    readPort(comparison, scope) ??
    readFlags(comparison, scope) ??
    readMark(comparison, scope) ??
    readChoice(left) ??
    readWords(left, valuesOf(right, scope), op === '!=')
  );
}

/** `ip saddr . tcp dport { 10.0.0.1 . 22, … }`: one alternative for each element. */
function readConcatenation({ op, left, right }: Comparison, scope: Scope): Match | null {
  const parts = Concat.safeParse(left).data?.concat;
  const elements = parts === undefined ? null : valuesOf(right, scope);
  if (parts === undefined || elements === null) return null;
  const of = elements.map((element) => {
    const values = Concat.safeParse(element).data?.concat;
    if (values?.length !== parts.length) return null;
    return parts.map((part, index) =>
      matchOf(scope, { op: '==', left: part, right: { set: [values[index]] } }),
    );
  });
  const known = of.filter((one) => one !== null);
  if (known.length < of.length) return null;
  return anyOf(left, known, op === '!=', isGrowing(right, scope));
}

function readAddress({ op, left, right }: Comparison, scope: Scope): Match | null {
  const place = addressField(left);
  if (place === null || !['==', '!=', 'in'].includes(op)) return null;
  const { family, on } = place;
  const values = valuesOf(right, scope);
  if (values?.includes('*') === true)
    return { on: 'family', families: op === '!=' ? [] : [family], negated: false };
  const sets = values?.map((value) => parseAddresses(addressText(value)));
  if (sets?.every((set) => set?.family === family) !== true) return null;
  const addresses = union(sets.flatMap((set) => set?.addresses ?? []));
  return { on, family, addresses, negated: op === '!=' };
}

function addressText(value: unknown): string {
  if (typeof value === 'string') return value;
  const prefix = Prefix.safeParse(value).data?.prefix;
  if (prefix !== undefined) return `${prefix.addr}/${String(prefix.len)}`;
  const range = Range.safeParse(value).data?.range;
  return range?.every((end) => typeof end === 'string') === true ? range.join('-') : '';
}

function readPort({ op, left, right }: Comparison, scope: Scope): Match | null {
  const field = portField(left);
  if (field === null) return null;
  if (field.on === 'client-choice') return chosen(left, `${op} ${JSON.stringify(right)}`);
  const values = valuesOf(right, scope);
  if (values?.includes('*') === true) return { on: 'fixed', holds: op !== '!=' };
  const ranges = values?.map(portRange);
  const ports = ranges?.filter((range) => range !== null);
  if (ports === undefined || ports.length !== ranges?.length) return null;
  const compared = ordered(op, ports);
  const negated = op === '!=';
  return 'protocols' in field
    ? { on: field.on, protocols: field.protocols, ports: compared, negated }
    : { on: field.on, ports: compared, negated };
}

function portRange(value: unknown): PortRange | null {
  const range = Range.safeParse(value).data?.range ?? [value, value];
  const [first, last] = range.map((end) => portNumber(String(end)));
  return typeof first === 'number' && typeof last === 'number' ? [first, last] : null;
}

function ordered(op: string, ports: readonly PortRange[]): readonly PortRange[] {
  const port = ports[0]?.[0] ?? 0;
  if (op === '<') return [[0, port - 1]];
  if (op === '<=') return [[0, port]];
  if (op === '>') return [[port + 1, 65_535]];
  return op === '>=' ? [[port, 65_535]] : ports;
}

/** `tcp flags syn`, `tcp flags & (fin|syn|rst|ack) == syn`. */
function readFlags({ op, left, right }: Comparison, scope: Scope): Match | null {
  const [operand, mask] = And.safeParse(left).data?.['&'] ?? [left, null];
  const payload = Payload.safeParse(operand).data?.payload;
  if (payload?.protocol !== 'tcp' || payload.field !== 'flags') return null;
  const listed = AnyOfThese.safeParse(right).data?.set;
  if (listed !== undefined) {
    const of = listed.map((one) => readFlags({ op: '==', left, right: one }, scope));
    const known = of.filter((one) => one !== null);
    if (known.length < of.length) return null;
    return anyOf(
      left,
      known.map((one) => [one]),
      op === '!=',
    );
  }
  const set = wordsOf(valuesOf(right, scope) ?? [null]);
  if (set === null) return null;
  if (op === 'in') {
    return set.includes('syn')
      ? { on: 'protocol', protocols: ['tcp'], negated: false }
      : { on: 'fixed', holds: false };
  }
  const masked = mask === null ? allFlags : wordsOf(Array.isArray(mask) ? mask : [mask]);
  if (masked === null || !['==', '!='].includes(op)) return null;
  const flags = set.length === 1 && set[0] === '0' ? [] : set;
  return { on: 'tcp-flags', mask: masked, set: flags, negated: op === '!=' };
}

const allFlags = ['fin', 'syn', 'rst', 'psh', 'ack', 'urg', 'ecn', 'cwr'];

/** `meta mark 0x1`, `ct mark & 0xff != 0x1`, `meta mark { 1, 2 }`. */
function readMark({ op, left, right }: Comparison, scope: Scope): Match | null {
  const [operand, mask] = And.safeParse(left).data?.['&'] ?? [left, 0xffffffff];
  const of = markOwner(operand);
  const values = valuesOf(right, scope);
  if (of === null || values === null || typeof mask !== 'number' || !['==', '!=', 'in'].includes(op))
    return null;
  const numbers = values.filter((value) => typeof value === 'number');
  if (numbers.length < values.length) return null;
  const marks = numbers.map((value): readonly Match[] => [
    { on: 'mark', of, mask: mask >>> 0, value: value >>> 0, negated: false },
  ]);
  return { on: 'any', of: marks, negated: op === '!=', grows: false };
}

/** Fields that the client fills as it likes. */
function readChoice(left: unknown): Match | null {
  const payload = Payload.safeParse(left).data?.payload;
  const fields = [
    'ttl',
    'hoplimit',
    'length',
    'dscp',
    'ecn',
    'id',
    'frag-off',
    'window',
    'sequence',
    'flowlabel',
  ];
  const header = payload !== undefined && ['ip', 'ip6', 'tcp', 'udp', 'th'].includes(payload.protocol);
  const free = (header && fields.includes(payload.field)) || Choice.safeParse(left).success;
  const meta = Meta.safeParse(left).data?.meta.key ?? '';
  return free || ['length', 'random', 'cpu', 'priority'].includes(meta)
    ? chosen(left, JSON.stringify(left))
    : null;
}

/** The client fills the field as it likes, in a packet that has it. */
function chosen(left: unknown, text: string): Match {
  const protocol = Payload.safeParse(left).data?.payload.protocol ?? '';
  const family = familyOf(protocol);
  const choice: Match = { on: 'client-choice', text };
  if (family !== null) return all({ on: 'family', families: [family], negated: false }, choice);
  if (protocol !== 'tcp' && protocol !== 'udp') return choice;
  return all({ on: 'protocol', protocols: [protocol], negated: false }, choice);
}
