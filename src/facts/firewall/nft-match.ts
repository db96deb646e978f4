import * as z from 'zod';
import type { Family } from './addresses.ts';
import { parseAddresses, union } from './addresses.ts';
import type { Scope } from './nft-values.ts';
import { Prefix, Range, valuesOf, wordsOf } from './nft-values.ts';
import type { Match, PortRange } from './ruleset.ts';
import { portNumber } from './service-ports.ts';

/** One comparison of libnftables-json(5). */
export interface Comparison {
  readonly op: string;
  readonly left: unknown;
  readonly right: unknown;
}

const Meta = z.object({ meta: z.object({ key: z.string() }) });
const Payload = z.object({ payload: z.object({ protocol: z.string(), field: z.string() }) });
const Ct = z.object({ ct: z.object({ key: z.string() }) });
const Fib = z.object({ fib: z.object({ result: z.string(), flags: z.unknown() }) });
const And = z.object({ '&': z.tuple([z.unknown(), z.unknown()]) });

/** What a comparison means for the first packet of a connection to this machine. */
export function matchOf(comparison: Comparison, scope: Scope): Match {
  const { op, left, right } = comparison;
  const found =
    readAddress(comparison, scope) ??
    readPort(comparison, scope) ??
    readFlags(comparison, scope) ??
    readWords(left, valuesOf(right, scope), op === '!=');
  return ['==', '!=', 'in', '<', '>', '<=', '>='].includes(op) && found !== null
    ? found
    : { on: 'unclear', text: JSON.stringify({ match: comparison }) };
}

function readAddress({ op, left, right }: Comparison, scope: Scope): Match | null {
  const payload = Payload.safeParse(left).data?.payload;
  if (payload === undefined || !['==', '!=', 'in'].includes(op)) return null;
  const { protocol, field } = payload;
  if ((protocol !== 'ip' && protocol !== 'ip6') || (field !== 'saddr' && field !== 'daddr')) return null;
  const sets = valuesOf(right, scope)?.map((value) => parseAddresses(addressText(value)));
  if (sets?.every((set) => set?.family === protocol) !== true) return null;
  const addresses = union(sets.flatMap((set) => set?.addresses ?? []));
  const on = field === 'saddr' ? 'source' : 'destination';
  return { on, family: protocol, addresses, negated: op === '!=' };
}

function addressText(value: unknown): string {
  if (typeof value === 'string') return value;
  const prefix = Prefix.safeParse(value).data?.prefix;
  if (prefix !== undefined) return `${prefix.addr}/${String(prefix.len)}`;
  const range = Range.safeParse(value).data?.range;
  return range?.every((end) => typeof end === 'string') === true ? range.join('-') : '';
}

function readPort({ op, left, right }: Comparison, scope: Scope): Match | null {
  const payload = Payload.safeParse(left).data?.payload;
  if (payload === undefined || !['sport', 'dport'].includes(payload.field)) return null;
  const { protocol, field } = payload;
  if (field === 'sport')
    return { on: 'client-choice', text: `${protocol} sport ${op} ${JSON.stringify(right)}` };
  const ranges = valuesOf(right, scope)?.map(portRange);
  const ports = ranges?.filter((range) => range !== null);
  if (ports === undefined || ports.length !== ranges?.length) return null;
  const compared = ordered(op, ports);
  const protocols = protocol === 'th' ? [] : [protocol];
  return { on: 'destination-port', protocols, ports: compared, negated: op === '!=' };
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
  const set = wordsOf(valuesOf(right, scope) ?? [null]);
  if (set === null) return null;
  if (op === 'in') return { on: 'fixed', holds: set.includes('syn') };
  const masked = mask === null ? allFlags : wordsOf(Array.isArray(mask) ? mask : [mask]);
  if (masked === null || !['==', '!='].includes(op)) return null;
  const flags = set.length === 1 && set[0] === '0' ? [] : set;
  return { on: 'tcp-flags', mask: masked, set: flags, negated: op === '!=' };
}

const allFlags = ['fin', 'syn', 'rst', 'psh', 'ack', 'urg', 'ecn', 'cwr'];

const families: Readonly<Record<string, Family>> = { ip: 'ip', ip6: 'ip6', ipv4: 'ip', ipv6: 'ip6' };

function readWords(left: unknown, values: readonly unknown[] | null, negated: boolean): Match | null {
  if (values === null) return null;
  const words = wordsOf(values);
  const fib = Fib.safeParse(left).data?.fib;
  if (fib !== undefined) return readFib(fib, values, words, negated);
  if (words === null) return null;
  const ct = Ct.safeParse(left).data?.ct.key;
  if (ct === 'state') return { on: 'state', states: words, negated };
  if (ct === 'status' && words.length === 1 && words[0] === 'dnat') return { on: 'redirected', negated };
  if (ct === 'direction') return { on: 'fixed', holds: words.includes('original') !== negated };
  const payload = Payload.safeParse(left).data?.payload;
  if (payload !== undefined) return readHeader(payload, words, negated);
  return readMeta(Meta.safeParse(left).data?.meta.key ?? '', words, negated);
}

function readHeader(
  { protocol, field }: { protocol: string; field: string },
  words: readonly string[],
  negated: boolean,
): Match | null {
  if ((protocol === 'ip' && field === 'protocol') || (protocol === 'ip6' && field === 'nexthdr')) {
    const family = protocol;
    return negated ? null : { on: 'protocol', protocols: words, negated, family };
  }
  // Only an ICMP packet has these fields, and only TCP and UDP are asked for.
  return ['icmp', 'icmpv6', 'igmp', 'arp', 'esp', 'ah'].includes(protocol)
    ? { on: 'protocol', protocols: [protocol], negated: false }
    : null;
}

function readMeta(key: string, words: readonly string[], negated: boolean): Match | null {
  if (key === 'l4proto') return { on: 'protocol', protocols: words.map(protocolName), negated };
  if (key === 'iif' || key === 'iifname') return { on: 'interface', names: words, negated };
  if (key === 'oif' || key === 'oifname') return { on: 'out-interface', names: words, negated };
  if (key === 'pkttype')
    return { on: 'fixed', holds: words.some((word) => ['host', 'unicast'].includes(word)) !== negated };
  if (key !== 'nfproto' && key !== 'protocol') return null;
  return { on: 'family', families: words.flatMap((word) => families[word] ?? []), negated };
}

function protocolName(word: string): string {
  return { '6': 'tcp', '17': 'udp' }[word] ?? word;
}

/**
 * The destination is this machine's own, and the packet came in where its source is routed: a reverse
 * path lookup finds an interface.
 */
function readFib(
  fib: { result: string; flags: unknown },
  values: readonly unknown[],
  words: readonly string[] | null,
  negated: boolean,
): Match | null {
  const flags = Array.isArray(fib.flags) ? fib.flags : [fib.flags];
  if (fib.result === 'type' && words !== null && flags.includes('daddr')) {
    return { on: 'destination-type', types: words, negated };
  }
  const missing = values.length === 1 && (values[0] === false || values[0] === 0);
  const reverse = flags.includes('saddr') && flags.includes('iif') && fib.result.startsWith('oif');
  return missing && reverse ? { on: 'fixed', holds: negated } : null;
}
