import type { Family } from '../addresses.ts';
import { parseAddresses, union } from '../addresses.ts';
import type { Match, PortRange } from '../ruleset.ts';
import { portNumber } from '../service-ports.ts';
import type { IpSets } from './ipset.ts';
import { matchSet } from './ipset.ts';
import type { Option } from './options.ts';
import { refinements } from './refinements.ts';

export interface Scope {
  readonly family: Family;
  readonly sets: IpSets;
}

type Reader = (option: Option, options: readonly Option[], scope: Scope) => readonly Match[];

const nothing: Reader = () => [];

const unclear: Reader = ({ name, negated, values }) => [
  { on: 'unclear', text: [...(negated ? ['!'] : []), name, ...values].join(' ') },
];

const protocol: Reader = ({ values, negated }) => {
  const name = protocolName(values[0] ?? '');
  if (name === 'all') return fixed(!negated);
  return [{ on: 'protocol', protocols: [name], negated }];
};

function protocolName(text: string): string {
  const numbers: Readonly<Record<string, string>> = { '0': 'all', '1': 'icmp', '6': 'tcp', '17': 'udp' };
  return numbers[text] ?? text.toLowerCase();
}

function address(on: 'source' | 'destination' | 'original-destination'): Reader {
  return (option, options, scope) => {
    const { family } = scope;
    const sets = (option.values[0] ?? '').split(',').map(parseAddresses);
    const addresses = union(sets.flatMap((set) => set?.addresses ?? []));
    const understood = sets.every((set) => set?.family === family);
    return understood
      ? [{ on, family, addresses, negated: option.negated }]
      : unclear(option, options, scope);
  };
}

const ports: Reader = (option, options, scope) => {
  const ranges = (option.values[0] ?? '').split(',').map(portRange);
  const known = ranges.filter((range) => range !== null);
  if (known.length !== ranges.length) return unclear(option, options, scope);
  return [{ on: 'destination-port', protocols: [], ports: known, negated: option.negated }];
};

/** multiport's `--ports`: of the source, which the client chooses, or of the destination. */
const eitherPort: Reader = (option, options, scope) => {
  const [there] = ports({ ...option, negated: false }, options, scope);
  if (there === undefined) return unclear(option, options, scope);
  const choice: Match = { on: 'client-choice', text: option.name };
  return [{ on: 'any', of: [[there], [choice]], negated: option.negated, grows: false }];
};

/** `22`, `ssh`, `8000:8010`, `8000:`. */
function portRange(text: string): PortRange | null {
  const [from = '', to] = text.split(':');
  const first = from === '' ? 0 : portNumber(from);
  const last = to === undefined ? first : to === '' ? 65_535 : portNumber(to);
  return first === null || last === null ? null : [first, last];
}

const clientChoice: Reader = ({ name, values }) => [
  { on: 'client-choice', text: [name, ...values].join(' ') },
];

const states: Reader = ({ values, negated }) => [
  { on: 'state', states: (values[0] ?? '').toLowerCase().split(','), negated },
];

const sourceList: Reader = (option, options, scope) =>
  option.negated
    ? unclear(option, options, scope)
    : [{ on: 'source-list', text: [option.name, ...option.values].join(' ') }];

const tcpFlags: Reader = ({ values: [mask = '', set = ''], negated }) => [
  { on: 'tcp-flags', mask: flags(mask), set: flags(set), negated },
];

function flags(text: string): readonly string[] {
  if (text === 'ALL') return ['fin', 'syn', 'rst', 'psh', 'ack', 'urg'];
  return text === 'NONE' ? [] : text.toLowerCase().split(',');
}

/** A count is the client's to reach; a list without one is filled by somebody else (port knocking). */
const recent: Reader = (option, options, scope) => {
  const counted = options.some(({ name, values }) => name === '--hitcount' && Number(values[0]) > 1);
  return counted ? clientChoice(option, options, scope) : unclear(option, options, scope);
};

/** `0x1/0xff`; a value that the mask cannot leave never matches. */
function mark(option: Option, options: readonly Option[], scope: Scope): readonly Match[] {
  const [value = Number.NaN, mask = 0xffffffff] = (option.values[0] ?? '').split('/').map(Number);
  if (!Number.isInteger(value) || !Number.isInteger(mask)) return unclear(option, options, scope);
  const of = option.module === 'connmark' ? 'connection' : 'packet';
  return [{ on: 'mark', of, mask: mask >>> 0, value: value >>> 0, negated: option.negated }];
}

/** None of these is set for a first packet, nor can it be. */
const connectionStatus: Reader = (option, options, scope) => {
  const never = ['EXPECTED', 'SEEN_REPLY', 'ASSURED', 'CONFIRMED'];
  const words = (option.values[0] ?? '').toUpperCase().split(',');
  return words.every((word) => never.includes(word))
    ? fixed(option.negated)
    : unclear(option, options, scope);
};

function fixed(holds: boolean): readonly Match[] {
  return [{ on: 'fixed', holds }];
}

function names(on: 'interface' | 'out-interface'): Reader {
  return ({ values, negated }) => [{ on, names: values.map((name) => name.replace(/\+$/, '*')), negated }];
}

function types(on: 'destination-type' | 'source-type'): Reader {
  return ({ values, negated }, options, { family }) => {
    const wanted = (values[0] ?? '').toLowerCase().split(',');
    const onInterface = options.some(({ name }) => name === '--limit-iface-in');
    if (family === 'ip') return [{ on, types: wanted, negated, onInterface }];
    return [{ on: 'any', of: [types6(on, wanted)], negated, grows: false }];
  };
}

/** For IPv6, all of them must hold, and UNICAST is what is not MULTICAST: net/netfilter/xt_addrtype.c. */
function types6(on: 'destination-type' | 'source-type', wanted: readonly string[]): readonly Match[] {
  const routed = wanted.filter((type) => ['local', 'anycast', 'unreachable'].includes(type));
  return [
    ...(wanted.includes('unicast') ? [{ on, types: ['multicast'], negated: true } as const] : []),
    ...(wanted.includes('multicast') ? [{ on, types: ['multicast'], negated: false } as const] : []),
    ...(routed.length > 0 ? [{ on, types: routed, negated: false } as const] : []),
  ];
}

/** What each option means for the first packet of a connection. */
const readers: Readonly<Record<string, Reader>> = {
  '-m': nothing,
  '--match': nothing,
  '--comment': nothing,
  '-p': protocol,
  '--protocol': protocol,
  '-s': address('source'),
  '--source': address('source'),
  '--src-range': address('source'),
  '--ctorigsrc': address('source'),
  '-d': address('destination'),
  '--destination': address('destination'),
  '--dst-range': address('destination'),
  '--ctorigdst': address('original-destination'),
  '-i': names('interface'),
  '--in-interface': names('interface'),
  '-o': names('out-interface'),
  '--out-interface': names('out-interface'),
  '-f': ({ negated }) => fixed(negated),
  '--dport': ports,
  '--destination-port': ports,
  '--dports': ports,
  '--destination-ports': ports,
  '--ports': eitherPort,
  '--sport': clientChoice,
  '--source-port': clientChoice,
  '--sports': clientChoice,
  '--source-ports': clientChoice,
  '--ctorigsrcport': clientChoice,
  '--state': states,
  '--ctstate': states,
  '--ctproto': protocol,
  '--ctstatus': connectionStatus,
  '--ctorigdstport': (option, options, scope) => {
    const range = portRange(option.values[0] ?? '');
    if (range === null) return unclear(option, options, scope);
    return [{ on: 'original-port', ports: [range], negated: option.negated }];
  },
  '--ctdir': ({ values, negated }) => fixed((values[0] === 'ORIGINAL') !== negated),
  '--tcp-flags': tcpFlags,
  '--syn': ({ negated }) => [{ on: 'tcp-flags', mask: flags('FIN,SYN,RST,ACK'), set: ['syn'], negated }],
  '--tcp-option': clientChoice,
  '--mss': clientChoice,
  '--length': clientChoice,
  '--ttl-eq': clientChoice,
  '--ttl-gt': clientChoice,
  '--ttl-lt': clientChoice,
  '--hl-eq': clientChoice,
  '--hl-gt': clientChoice,
  '--hl-lt': clientChoice,
  '--tos': clientChoice,
  '--dscp': clientChoice,
  '--dscp-class': clientChoice,
  '--probability': clientChoice,
  '--every': clientChoice,
  '--dst-type': types('destination-type'),
  '--src-type': types('source-type'),
  '--pkt-type': ({ values, negated }) => fixed((values[0] === 'unicast') !== negated),
  '--mark': mark,
  '--limit': clientChoice,
  '--limit-burst': nothing,
  '--hashlimit-upto': clientChoice,
  '--hashlimit': clientChoice,
  '--hashlimit-above': clientChoice,
  '--connlimit-above': clientChoice,
  '--connlimit-upto': clientChoice,
  // No client's first packet carries an IPv6 routing header of its own accord; RFC 5095 forbids type 0.
  '--rt-type': ({ negated }) => fixed(negated),
  '--icmp-type': nothing,
  '--icmpv6-type': nothing,
  '--set': () => fixed(true),
  '--update': recent,
  '--rcheck': recent,
  '--match-set': (option, options, scope) => [matchSet(option, options, scope)],
  '--src-cc': sourceList,
  '--source-country': sourceList,
  '--mac-source': sourceList,
  '--pol': ({ values, negated }) => fixed((values[0] === 'none') !== negated),
  // A packet that came over a wire, not over a bridge's port: see the module's page.
  '--physdev-is-bridged': ({ negated }) => fixed(negated),
};

export function matchOf(option: Option, options: readonly Option[], scope: Scope): readonly Match[] {
  if (option.name === '-m' && option.values[0] === 'rpfilter') return [reversePath(options)];
  if (option.module === 'rpfilter' && ['--loose', '--invert'].includes(option.name)) return [];
  if (refinements[option.module]?.includes(option.name)) return [];
  return (
    (Object.hasOwn(readers, option.name) ? readers[option.name] : unclear)?.(option, options, scope) ?? []
  );
}

function reversePath(options: readonly Option[]): Match {
  const has = (name: string) =>
    options.some((option) => option.module === 'rpfilter' && option.name === name);
  return { on: 'reverse-path', strict: !has('--loose'), negated: has('--invert') };
}
