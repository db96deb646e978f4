import type { Family } from '../addresses.ts';
import { addressOf } from '../addresses.ts';
import type { Destination, Effect, MarkOwner, Target } from '../ruleset.ts';
import { addressesBetween, mostDestinations, portsBetween } from '../nat-ranges.ts';
import type { Option } from './options.ts';

/** Targets after which the next rule is tried; see iptables-extensions(8). */
const passing = new Set(
  `LOG NFLOG ULOG AUDIT TRACE MARK CONNMARK SECMARK CONNSECMARK CHECKSUM CLASSIFY TCPMSS TCPOPTSTRIP TOS DSCP
  ECN TTL HL SET LED RATEEST IDLETIMER HMARK TEE CT NOTRACK`.split(/\s+/),
);
/** Of the source, behind the decision that matters here. */
const accepting = new Set(['ACCEPT', 'SNAT', 'MASQUERADE']);

/** What a rule does with a packet. A name that is no target is a chain. */
export function targetOf(jump: Option | undefined, options: readonly Option[], family: Family): Target {
  const name = jump?.values[0];
  if (jump === undefined || name === undefined) return { kind: 'continue' };
  if (jump.name === '-g' || jump.name === '--goto') return { kind: 'goto', chain: name };
  if (accepting.has(name)) return { kind: 'accept' };
  if (name === 'DROP') return { kind: 'drop' };
  if (name === 'REJECT') return { kind: 'reject' };
  if (name === 'RETURN') return { kind: 'return' };
  if (passing.has(name)) return { kind: 'continue' };
  if (name === 'DNAT') return dnatOf(valueOf(options, '--to-destination'), family);
  if (name === 'REDIRECT') {
    const ports = portsOf(valueOf(options, '--to-ports') ?? '');
    return ports === null ? { kind: 'unclear' } : { kind: 'redirect', ports };
  }
  return ['NETMAP', 'TPROXY', 'NFQUEUE', 'QUEUE', 'SYNPROXY'].includes(name)
    ? { kind: 'unclear' }
    : { kind: 'jump', chain: name };
}

function valueOf(options: readonly Option[], name: string): string | null {
  return options.find((option) => option.name === name)?.values[0] ?? null;
}

/** `10.0.0.2`, `10.0.0.2-10.0.0.5:80`, `10.0.0.2:80-90`, `10.0.0.2:80-90/8080`, `:8080`, `[fd00::2]:80`. */
export function dnatOf(text: string | null, family: Family): Target {
  const parts = /^(?:\[([^\]]*)\]|([^\s[\]]*?))(?::(\d+(?:-\d+)?(?:\/\d+)?))?$/.exec(text ?? '');
  const plain = family === 'ip6' && parts?.[1] === undefined ? (text ?? '') : null;
  const addresses = addressesOf(plain ?? parts?.[1] ?? parts?.[2] ?? '');
  const ports = destinationPorts(plain === null ? (parts?.[3] ?? '') : '');
  if (text === null || parts === null || addresses === null || ports === null) return { kind: 'unclear' };
  const to = addresses.flatMap((address) => ports.map((port): Destination => ({ address, ...port })));
  return to.length > mostDestinations ? { kind: 'unclear' } : { kind: 'dnat', to };
}

function addressesOf(text: string): readonly (bigint | null)[] | null {
  if (text === '') return [null];
  const ends = text.split('-').map(addressOf);
  const [first, last = first] = ends;
  if (first === null || first === undefined || last === null || last === undefined) return null;
  return addressesBetween(first.value, last.value);
}

function destinationPorts(text: string): readonly Omit<Destination, 'address'>[] | null {
  const [range = '', start] = text.split('/');
  if (start === undefined) return portsOf(range)?.map((port) => ({ port })) ?? null;
  const [first = Number.NaN, last = first] = range.split('-').map(Number);
  const shifted = { first, count: last - first + 1, base: Number(start) };
  return shifted.count >= 1 ? [{ port: null, shifted }] : null;
}

function portsOf(text: string): readonly (number | null)[] | null {
  if (text === '') return [null];
  const [first = Number.NaN, last = first] = text.split('-').map(Number);
  return portsBetween(first, last);
}

const full = 0xffffffff;

/** What a rule changes about the packet. */
export function effectsOf(jump: Option | undefined, options: readonly Option[]): readonly Effect[] {
  const name = jump?.values[0];
  if (name === 'NOTRACK' || options.some((option) => option.name === '--notrack'))
    return [{ kind: 'notrack' }];
  if (name !== 'MARK' && name !== 'CONNMARK') return [];
  const of: MarkOwner = name === 'MARK' ? 'packet' : 'connection';
  const [option] = options;
  return [option === undefined ? { kind: 'forget-mark', of } : markEffect(of, option, options)];
}

function markEffect(of: MarkOwner, { name, values }: Option, options: readonly Option[]): Effect {
  const [value = Number.NaN, mask = full] = (values[0] ?? '').split('/').map(Number);
  const maskOf = (wanted: string) => Number(valueOf(options, wanted) ?? full);
  const set = (keep: number, toggle: number): Effect =>
    Number.isInteger(keep) && Number.isInteger(toggle)
      ? { kind: 'set-mark', of, keep: keep >>> 0, toggle: toggle >>> 0 }
      : { kind: 'forget-mark', of };
  switch (name) {
    case '--set-xmark':
      return set(~mask, value);
    case '--set-mark':
      return set(~(mask | value), value);
    case '--and-mark':
      return set(value, 0);
    case '--or-mark':
      return set(~value, value);
    case '--xor-mark':
      return set(full, value);
    case '--save-mark':
      return copy('packet', 'connection', maskOf('--nfmask'), maskOf('--ctmask'));
    case '--restore-mark':
      return copy('connection', 'packet', maskOf('--ctmask'), maskOf('--nfmask'));
    default:
      return { kind: 'forget-mark', of };
  }
}

/** CONNMARK's words: `to = (to & ~toMask) ^ (from & fromMask)`. */
function copy(from: MarkOwner, to: MarkOwner, fromMask: number, toMask: number): Effect {
  return { kind: 'copy-mark', from, to, keep: ~toMask >>> 0, take: fromMask >>> 0 };
}
