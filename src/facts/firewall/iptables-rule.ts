import type { Family } from './addresses.ts';
import { parseAddresses, union } from './addresses.ts';
import type { FilterRule, Match, PortRange, Target } from './ruleset.ts';
import { portNumber } from './service-ports.ts';
import { splitWords } from './words.ts';

/** An option with its values, as written: `! --dports 22,80`. */
interface Option {
  readonly name: string;
  readonly negated: boolean;
  readonly values: readonly string[];
  /** The module it belongs to: the last `-m`. */
  readonly module: string;
}

/** Targets after which the next rule is tried; see iptables-extensions(8). */
const passing = new Set(
  `LOG NFLOG ULOG AUDIT TRACE MARK CONNMARK SECMARK CONNSECMARK CHECKSUM CLASSIFY TCPMSS TCPOPTSTRIP TOS DSCP
  ECN TTL HL SET LED RATEEST IDLETIMER HMARK TEE`.split(/\s+/),
);

/** Options with text of somebody's own behind them, which may look like an option. */
const texts = new Set(['--comment', '--log-prefix', '--nflog-prefix', '--string', '--hex-string', '--name']);

/** Reads the arguments behind `-A CHAIN`. What it does not know becomes a match that is `unclear`. */
export function parseIptablesRule(
  args: string,
  family: Family,
  at: { readonly text: string; readonly line: number },
): FilterRule {
  const words = splitWords(args);
  if (words === null) return { ...at, matches: [{ on: 'unclear', text: args }], target: { kind: 'unclear' } };
  const options = optionsOf(words);
  const target = options.find(({ name }) => ['-j', '--jump', '-g', '--goto'].includes(name));
  const conditions = options.slice(0, target === undefined ? undefined : options.indexOf(target));
  // ufw writes matches behind the target, where iptables-save never does.
  const behind = target === undefined ? [] : matchesBehind(options.slice(options.indexOf(target) + 1));
  return {
    ...at,
    matches: [...conditions, ...behind].flatMap((option, _, all) => matchOf(option, all, family)),
    target: options.some(({ name }) => name === '--notrack') ? { kind: 'unclear' } : targetOf(target),
  };
}

function matchesBehind(options: readonly Option[]): readonly Option[] {
  const first = options.findIndex(({ name }) => ['-m', '--match'].includes(name));
  return first === -1 ? [] : options.slice(first);
}

function optionsOf(words: readonly string[]): readonly Option[] {
  const options: { name: string; negated: boolean; values: string[]; module: string }[] = [];
  let negated = false;
  let module = '';
  for (const word of words) {
    const current = options.at(-1);
    if (current !== undefined && texts.has(current.name) && current.values.length === 0) {
      current.values.push(word);
    } else if (word === '!') negated = true;
    else if (/^--?[a-z]/i.test(word)) {
      options.push({ name: word, negated, values: [], module });
      negated = false;
    } else if (current !== undefined) {
      current.values.push(word);
      if (current.name === '-m' || current.name === '--match') module = word;
    } else options.push({ name: word, negated, values: [], module });
  }
  return options;
}

function targetOf(option: Option | undefined): Target {
  const name = option?.values[0];
  if (option === undefined || name === undefined) return { kind: 'continue' };
  if (option.name === '-g' || option.name === '--goto') return { kind: 'goto', chain: name };
  if (name === 'ACCEPT') return { kind: 'accept' };
  if (name === 'DROP') return { kind: 'drop' };
  if (name === 'REJECT') return { kind: 'reject' };
  if (name === 'RETURN') return { kind: 'return' };
  if (passing.has(name) || name === 'CT') return { kind: 'continue' };
  return { kind: 'jump', chain: name };
}

type Reader = (option: Option, options: readonly Option[], family: Family) => readonly Match[];

const nothing: Reader = () => [];

const unclear: Reader = ({ name, negated, values }) => [
  { on: 'unclear', text: [...(negated ? ['!'] : []), name, ...values].join(' ') },
];

const protocol: Reader = ({ values, negated }) => {
  const name = protocolName(values[0] ?? '');
  if (name === 'all') return [{ on: 'fixed', holds: !negated }];
  return [{ on: 'protocol', protocols: [name], negated }];
};

function protocolName(text: string): string {
  const numbers: Readonly<Record<string, string>> = { '0': 'all', '1': 'icmp', '6': 'tcp', '17': 'udp' };
  return numbers[text] ?? text.toLowerCase();
}

function address(on: 'source' | 'destination'): Reader {
  return (option, options, family) => {
    const sets = (option.values[0] ?? '').split(',').map(parseAddresses);
    const addresses = union(sets.flatMap((set) => set?.addresses ?? []));
    const understood = sets.every((set) => set?.family === family);
    return understood
      ? [{ on, family, addresses, negated: option.negated }]
      : unclear(option, options, family);
  };
}

const ports: Reader = (option, options, family) => {
  const ranges = (option.values[0] ?? '').split(',').map(portRange);
  const known = ranges.filter((range) => range !== null);
  if (known.length !== ranges.length) return unclear(option, options, family);
  return [{ on: 'destination-port', protocols: [], ports: known, negated: option.negated }];
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

/** Everybody outside a list is nearly everybody: only a plain list is one of a few. */
const sourceList: Reader = (option, options, family) =>
  option.negated
    ? unclear(option, options, family)
    : [{ on: 'source-list', text: [option.name, ...option.values].join(' ') }];

const tcpFlags: Reader = ({ values: [mask = '', set = ''], negated }) => [
  { on: 'tcp-flags', mask: flags(mask), set: flags(set), negated },
];

function flags(text: string): readonly string[] {
  if (text === 'ALL') return ['fin', 'syn', 'rst', 'psh', 'ack', 'urg'];
  return text === 'NONE' ? [] : text.toLowerCase().split(',');
}

/** A count is the client's to reach; a list without one is filled by somebody else (port knocking). */
const recent: Reader = (option, options, family) => {
  const counted = options.some(({ name, values }) => name === '--hitcount' && Number(values[0]) > 1);
  return counted ? clientChoice(option, options, family) : unclear(option, options, family);
};

function fixed(holds: boolean): readonly Match[] {
  return [{ on: 'fixed', holds }];
}

/** What each option means for the first packet of a connection to this machine. */
const readers: Readonly<Record<string, Reader>> = {
  '-m': nothing,
  '--match': nothing,
  '--comment': nothing,
  '-p': protocol,
  '--protocol': protocol,
  '-s': address('source'),
  '--source': address('source'),
  '--src-range': address('source'),
  '-d': address('destination'),
  '--destination': address('destination'),
  '--dst-range': address('destination'),
  '-i': ({ values, negated }) => [
    { on: 'interface', names: values.map((name) => name.replace(/\+$/, '*')), negated },
  ],
  '-o': ({ values, negated }) => [
    { on: 'out-interface', names: values.map((name) => name.replace(/\+$/, '*')), negated },
  ],
  '-f': ({ negated }) => fixed(negated),
  '--dport': ports,
  '--destination-port': ports,
  '--dports': ports,
  '--sport': clientChoice,
  '--source-port': clientChoice,
  '--sports': clientChoice,
  '--state': states,
  '--ctstate': states,
  '--ctorigdstport': (option, options, family) => {
    const range = portRange(option.values[0] ?? '');
    if (range === null) return unclear(option, options, family);
    return [{ on: 'original-port', ports: [range], negated: option.negated }];
  },
  '--ctdir': ({ values, negated }) => fixed((values[0] === 'ORIGINAL') !== negated),
  '--tcp-flags': tcpFlags,
  '--syn': ({ negated }) => [{ on: 'tcp-flags', mask: flags('FIN,SYN,RST,ACK'), set: ['syn'], negated }],
  '--dst-type': ({ values, negated }) => [
    { on: 'destination-type', types: (values[0] ?? '').toLowerCase().split(','), negated },
  ],
  '--src-type': (option, options, family) =>
    option.values[0] === 'LOCAL' ? fixed(option.negated) : unclear(option, options, family),
  '--pkt-type': ({ values, negated }) => fixed((values[0] === 'unicast') !== negated),
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
  '--match-set': (option, options, family) =>
    option.values[1] === 'src' ? sourceList(option, options, family) : unclear(option, options, family),
  '--src-cc': (option, options, family) => sourceList(option, options, family),
  '--source-country': (option, options, family) => sourceList(option, options, family),
  '--mac-source': (option, options, family) => sourceList(option, options, family),
  '--pol': ({ values, negated }) => fixed((values[0] === 'none') !== negated),
};

/** Options that only refine another one of the same module. */
const refinements: Readonly<Record<string, readonly string[]>> = {
  recent: ['--name', '--mask', '--rsource', '--seconds', '--hitcount', '--reap'],
  hashlimit: [
    '--hashlimit-burst',
    '--hashlimit-mode',
    '--hashlimit-name',
    '--hashlimit-srcmask',
    '--hashlimit-dstmask',
    '--hashlimit-htable-size',
    '--hashlimit-htable-max',
    '--hashlimit-htable-expire',
    '--hashlimit-htable-gcinterval',
  ],
  connlimit: ['--connlimit-mask', '--connlimit-saddr'],
  addrtype: ['--limit-iface-in'],
  policy: ['--dir', '--strict', '--next'],
  rpfilter: ['--loose', '--validmark', '--accept-local'],
};

function matchOf(option: Option, options: readonly Option[], family: Family): readonly Match[] {
  if (refinements[option.module]?.includes(option.name)) return [];
  // A packet that came in where its source is routed passes the reverse path filter.
  if (option.module === 'rpfilter' && option.name === '--invert') return fixed(false);
  if (option.module === 'set' && option.name === '--set') return unclear(option, options, family);
  return (
    (Object.hasOwn(readers, option.name) ? readers[option.name] : unclear)?.(option, options, family) ?? []
  );
}
