import * as z from 'zod';
import type { Family } from '../addresses.ts';
import type { Match } from '../ruleset.ts';
import { Ct, familyOf, Meta, Payload } from './fields.ts';
import { wordsOf } from './values.ts';

const Fib = z.object({ fib: z.object({ result: z.string(), flags: z.unknown() }) });

const families: Readonly<Record<string, Family>> = { ip: 'ip', ip6: 'ip6', ipv4: 'ip', ipv6: 'ip6' };

/** Fields whose values are words: states, types, names of interfaces. */
export function readWords(left: unknown, values: readonly unknown[] | null, negated: boolean): Match | null {
  if (values === null) return null;
  const words = wordsOf(values);
  const fib = Fib.safeParse(left).data?.fib;
  if (fib !== undefined) return readFib(fib, values, words, negated);
  if (words === null) return null;
  const ct = Ct.safeParse(left).data?.ct.key;
  if (ct === 'state') return { on: 'state', states: words, negated };
  if (ct === 'status') return readStatus(words, negated);
  if (ct === 'direction') return { on: 'fixed', holds: words.includes('original') !== negated };
  const payload = Payload.safeParse(left).data?.payload;
  if (payload !== undefined) return readHeader(payload, words, negated);
  return readMeta(Meta.safeParse(left).data?.meta.key ?? '', words, negated);
}

/** Of a first packet, no other status is set. */
function readStatus(words: readonly string[], negated: boolean): Match | null {
  const others = ['expected', 'seen-reply', 'assured', 'confirmed', 'dying'];
  if (!words.every((word) => word === 'dnat' || others.includes(word))) return null;
  return words.includes('dnat') ? { on: 'translated', negated } : { on: 'fixed', holds: negated };
}

function readHeader(
  { protocol, field }: { protocol: string; field: string },
  words: readonly string[],
  negated: boolean,
): Match | null {
  const family = familyOf(protocol);
  if (family !== null && (field === 'protocol' || field === 'nexthdr')) {
    const matches: Match = { on: 'protocol', protocols: words.map(protocolName), negated, family };
    return matches;
  }
  if (family !== null && field === 'version') return { on: 'family', families: [family], negated };
  // Only an ICMP packet has these fields, and only TCP and UDP are asked for.
  return ['icmp', 'icmpv6', 'igmp', 'arp', 'esp', 'ah', 'sctp', 'dccp'].includes(protocol)
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

/** `fib daddr type local`, `fib saddr . iif oif missing`, `fib saddr type local`. */
function readFib(
  fib: { result: string; flags: unknown },
  values: readonly unknown[],
  words: readonly string[] | null,
  negated: boolean,
): Match | null {
  const flags: readonly unknown[] = Array.isArray(fib.flags) ? fib.flags : [fib.flags];
  const onInterface = flags.includes('iif');
  if (fib.result === 'type' && words !== null) {
    if (flags.includes('daddr')) return { on: 'destination-type', types: words, negated, onInterface };
    return onInterface ? null : { on: 'source-type', types: words, negated };
  }
  // `missing` and 0 are no route, `exists` is one.
  const [value] = values;
  const missing = value === false || value === 0;
  if (values.length !== 1 || (!missing && value !== true)) return null;
  if (!flags.includes('saddr') || !fib.result.startsWith('oif')) return null;
  return { on: 'reverse-path', strict: onInterface, negated: missing !== negated };
}
