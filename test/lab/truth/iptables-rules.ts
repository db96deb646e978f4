import fc from 'fast-check';

/** Random rules in the words of iptables-restore(8): every table and user chains, NAT and marks. */

const pick = <T>(...values: readonly T[]) => fc.constantFrom(...values);
const bang = pick('', '', '', '! ');

const networks = {
  ip: ['10.55.0.5', '10.55.0.0/24', '10.55.0.0/16', '8.0.0.0/8', '172.20.0.0/24', '10.66.0.5'],
  ip6: ['fd55::5', 'fd55::/64', '2001:db8::/32', 'fd20::/64', 'fd66::5'],
} as const;
const ours = {
  ip: ['10.55.0.2', '10.66.0.0/24', '172.20.0.2', '172.20.0.0/24', '127.0.0.0/8'],
  ip6: ['fd55::2', 'fd66::/64', 'fd20::2', 'fd20::/64'],
} as const;
/** Of ipset(8): what {@link ipSets} makes. */
const sets = {
  ip: ['friends src', 'nets src', 'nets dst', 'pairs src,dst', 'doors dst', 'all src'],
  ip6: ['friends6 src', 'doors dst'],
} as const;

/** For `ipset restore`, once: rules of any ruleset may name them. */
export const ipSets = `create friends hash:ip family inet
add friends 10.55.0.5
add friends 8.8.4.4
create nets hash:net family inet
add nets 10.55.0.0/16
add nets 10.55.1.0/24 nomatch
add nets 172.20.0.0/30
create pairs hash:ip,port family inet
add pairs 10.55.0.9,tcp:80
add pairs 8.8.4.4,udp:3000
create doors bitmap:port range 0-65535
add doors 22
add doors 3000-3005
create all list:set
add all friends
add all nets
create friends6 hash:ip family inet6
add friends6 fd55::5
`;

const ranges = { ip: '10.55.0.4-10.55.0.8', ip6: 'fd55::4-fd55::8' } as const;

type Family = 'ip' | 'ip6';

/** One condition and what it needs before it; two of the same kind are refused by iptables. */
interface Condition {
  readonly kind: string;
  readonly text: string;
}

function condition(family: Family, hook: string): fc.Arbitrary<Condition> {
  const of = (kind: string) => (text: string) => ({ kind, text });
  const general = [
    fc.tuple(bang, pick(...networks[family])).map(([no, net]) => of('s')(`${no}-s ${net}`)),
    fc.tuple(bang, pick(...ours[family])).map(([no, net]) => of('d')(`${no}-d ${net}`)),
    pick('-p tcp', '-p udp', '! -p tcp', '-p tcp -m tcp --syn', '-p tcp -m tcp ! --syn').map(of('p')),
    fc
      .tuple(pick('tcp', 'udp'), bang, pick('22', '80', '3000:9000', '8080', '8005'))
      .map(([proto, no, port]) => of('p')(`-p ${proto} -m ${proto} ${no}--dport ${port}`)),
    fc
      .tuple(bang, pick('22,80', '80,3000:8005', '8080'))
      .map(([no, list]) => of('p')(`-p tcp -m multiport ${no}--dports ${list}`)),
    bang.map((no) => of('range')(`-m iprange ${no}--src-range ${ranges[family]}`)),
    fc.tuple(bang, pick(...sets[family])).map(([no, set]) => of('set')(`-m set ${no}--match-set ${set}`)),
    fc
      .tuple(bang, pick('LOCAL', 'UNICAST', family === 'ip' ? 'BROADCAST,MULTICAST' : 'MULTICAST'))
      .map(([no, type]) => of('type')(`-m addrtype ${no}--dst-type ${type}`)),
    fc
      .tuple(bang, pick('0x1', '0x2/0x3', '0x0/0xff'))
      .map(([no, mark]) => of('mark')(`-m mark ${no}--mark ${mark}`)),
    pick('-m comment --comment "-j ACCEPT"', '-m pkttype --pkt-type unicast').map(of('other')),
  ];
  const tracked = [
    fc
      .tuple(bang, pick('NEW', 'RELATED,ESTABLISHED', 'INVALID', 'DNAT', 'NEW,DNAT'))
      .map(([no, state]) => of('ct')(`-m conntrack ${no}--ctstate ${state}`)),
    fc
      .tuple(bang, pick('80', '8080', '3000:9000'))
      .map(([no, port]) => of('ct')(`-m conntrack ${no}--ctorigdstport ${port} --ctdir ORIGINAL`)),
    fc
      .tuple(bang, pick(...ours[family]))
      .map(([no, net]) => of('ct')(`-m conntrack ${no}--ctorigdst ${net}`)),
    fc
      .tuple(bang, pick('0x1', '0x4/0x4'))
      .map(([no, mark]) => of('cmark')(`-m connmark ${no}--mark ${mark}`)),
  ];
  const incoming = bang.chain((no) =>
    pick('eth0', 'eth+', 'lo', 'br0').map((name) => of('i')(`${no}-i ${name}`)),
  );
  const outgoing = bang.chain((no) =>
    pick('eth1', 'br0', 'br+', 'eth0').map((name) => of('o')(`${no}-o ${name}`)),
  );
  return fc.oneof(
    ...general,
    ...(hook === 'raw' ? [] : tracked),
    incoming,
    ...(hook === 'forward' ? [outgoing, outgoing] : []),
  );
}

function rules(family: Family, hook: string, targets: readonly string[], most = 5): fc.Arbitrary<string[]> {
  const conditions = fc
    .array(condition(family, hook), { minLength: 0, maxLength: 3 })
    .map((all) => all.filter(({ kind }, index) => all.findIndex((one) => one.kind === kind) === index))
    .map((all) => all.map(({ text }) => text).join(' '));
  return fc.array(
    fc.tuple(conditions, pick(...targets)).map(([words, target]) => `${words} ${target}`),
    { minLength: 1, maxLength: most },
  );
}

const plain = ['-j ACCEPT', '-j ACCEPT', '-j DROP', '-j DROP', '-j REJECT', '-j RETURN', '-j LOG'];
const marking = [
  '-j MARK --set-xmark 0x1/0xffffffff',
  '-j MARK --set-xmark 0x2/0x3',
  '-j MARK --or-mark 0x4',
  '-j CONNMARK --set-xmark 0x4/0x4',
  '-j CONNMARK --save-mark',
  '-j CONNMARK --restore-mark',
];
/** Only to where somebody listens, and never back to where a packet came from. */
const translations = {
  ip: [
    '! -i br0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.20.0.2:80',
    '! -i br0 -p tcp -m tcp --dport 9999 -j DNAT --to-destination 172.20.0.2:3000',
    '! -i br0 -p udp -m udp --dport 80 -j DNAT --to-destination 172.20.0.2',
    '-i eth0 -p tcp -m tcp --dport 3000 -j DNAT --to-destination 10.66.0.5:22',
    '-p tcp -m tcp --dport 8080 -j REDIRECT --to-ports 80',
    '-p udp -m udp --dport 9999 -j REDIRECT --to-ports 3000',
    '-i eth0 -p tcp -m tcp --dport 22 -j REDIRECT --to-ports 5000',
    '-p tcp -m tcp --dport 9999 -j DNAT --to-destination 127.0.0.1:6000',
    '-p tcp -m tcp --dport 9999 -j DNAT --to-destination 172.20.0.1:7000',
    '! -i br0 -m addrtype --dst-type LOCAL -p tcp -m tcp --dport 8005 -j DNAT --to-destination 172.20.0.2:8080',
  ],
  ip6: [
    '! -i br0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination [fd20::2]:80',
    '! -i br0 -p udp -m udp --dport 80 -j DNAT --to-destination fd20::2',
    '-p tcp -m tcp --dport 8080 -j REDIRECT --to-ports 80',
    '-i eth0 -p tcp -m tcp --dport 9999 -j DNAT --to-destination [fd66::5]:22',
  ],
} as const;

/** Answers to connections that are open already must pass, or a connect says nothing. */
const established = '-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT';

/** A whole file for iptables-restore. */
export function iptablesRules(family: Family): fc.Arbitrary<string> {
  const subset = fc.subarray([...translations[family]], { maxLength: 4 });
  return fc
    .record({
      raw: fc.option(
        rules(family, 'raw', ['-j ACCEPT', '-j ACCEPT', '-j DROP', '-j MARK --set-xmark 0x1/0x1'], 2),
      ),
      mangle: fc.option(rules(family, 'mangle', ['-j ACCEPT', '-j DROP', ...marking, ...marking], 3)),
      nat: fc.shuffledSubarray([...translations[family]], { maxLength: 4 }),
      natChain: subset,
      natJump: fc.tuple(condition(family, 'nat'), pick('-j N', '-j N', '-g N')),
      natReturn: fc.option(condition(family, 'nat')),
      input: fc.tuple(
        pick('ACCEPT', 'DROP'),
        rules(family, 'input', [...plain, ...marking, '-j A', '-j B', '-g B']),
      ),
      forward: fc.tuple(pick('ACCEPT', 'DROP'), rules(family, 'forward', [...plain, '-j A', '-j B', '-g A'])),
      a: rules(family, 'input', [...plain, ...marking, '-j B']),
      b: rules(family, 'input', plain),
    })
    .map(({ raw, mangle, nat, natChain, natJump, natReturn, input, forward, a, b }) =>
      [
        '*raw',
        ':PREROUTING ACCEPT [0:0]',
        // Answers of the container come in here as well.
        '-A PREROUTING -i br0 -j ACCEPT',
        '-A PREROUTING -i eth1 -j ACCEPT',
        ...(raw ?? []).map((rule) => `-A PREROUTING ${rule}`),
        'COMMIT',
        '*mangle',
        ':PREROUTING ACCEPT [0:0]',
        `-A PREROUTING ${established}`,
        ...(mangle ?? []).map((rule) => `-A PREROUTING ${rule}`),
        'COMMIT',
        '*nat',
        ':PREROUTING ACCEPT [0:0]',
        ':N - [0:0]',
        ...nat.map((rule) => `-A PREROUTING ${rule}`),
        `-A PREROUTING ${natJump[0].text} ${natJump[1]}`,
        ...(natReturn === null ? [] : [`-A N ${natReturn.text} -j RETURN`]),
        ...natChain.map((rule) => `-A N ${rule}`),
        'COMMIT',
        '*filter',
        `:INPUT ${input[0]} [0:0]`,
        `:FORWARD ${forward[0]} [0:0]`,
        ':A - [0:0]',
        ':B - [0:0]',
        `-A INPUT ${established}`,
        // IPv6 finds its neighbours by ICMPv6.
        ...(family === 'ip6' ? ['-A INPUT -p ipv6-icmp -j ACCEPT'] : []),
        `-A FORWARD ${established}`,
        ...input[1].map((rule) => `-A INPUT ${rule}`),
        ...forward[1].map((rule) => `-A FORWARD ${rule}`),
        ...a.map((rule) => `-A A ${rule}`),
        ...b.map((rule) => `-A B ${rule}`),
        'COMMIT',
        '',
      ].join('\n'),
    );
}
