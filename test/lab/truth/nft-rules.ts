import fc from 'fast-check';

/** Random rulesets in the words of nft(8): sets, maps, priorities, families, NAT and marks. */

const pick = <T>(...values: readonly T[]) => fc.constantFrom(...values);
const not = pick('', '', '', '!= ');

const conditions = fc.oneof(
  fc
    .tuple(
      not,
      pick(
        '10.55.0.5',
        '10.55.0.0/24',
        '{ 10.55.0.5, 8.0.0.0/8 }',
        '10.55.0.5-10.55.0.9',
        '@some',
        '172.20.0.0/24',
      ),
    )
    .map(([no, net]) => `ip saddr ${no}${net}`),
  fc
    .tuple(not, pick('fd55::5', 'fd55::/64', '{ fd55::9, 2001:db8::/32 }', '@some6'))
    .map(([no, net]) => `ip6 saddr ${no}${net}`),
  fc
    .tuple(not, pick('10.55.0.2', '172.20.0.0/24', '{ 10.66.0.2, 172.20.0.2 }'))
    .map(([no, net]) => `ip daddr ${no}${net}`),
  fc.tuple(not, pick('fd55::2', 'fd20::/64')).map(([no, net]) => `ip6 daddr ${no}${net}`),
  fc
    .tuple(pick('tcp', 'udp', 'th'), not, pick('22', '{ 80, 3000-9000 }', '22-80', '@doors', '8080'))
    .map(([proto, no, port]) =>
      proto === 'th' ? `meta l4proto { tcp, udp } th dport ${no}${port}` : `${proto} dport ${no}${port}`,
    ),
  fc
    .tuple(not, pick('"eth0"', '"eth*"', '"lo"', '{ "eth0", "br0" }'))
    .map(([no, name]) => `iifname ${no}${name}`),
  pick(
    'ct state new',
    'ct state { established, new }',
    'ct state != new',
    'ct state invalid',
    'meta l4proto tcp',
    'meta l4proto != udp',
    'meta l4proto { udp, icmp }',
  ),
  pick('meta nfproto ipv4', 'meta nfproto ipv6', 'meta protocol ip', 'ip protocol tcp', 'ip6 nexthdr udp'),
  pick(
    'fib daddr type local',
    'fib daddr type != local',
    'fib daddr . iif type local',
    'fib saddr type local',
    'fib saddr . iif oif missing',
    'fib saddr . iif oif exists',
    'fib saddr oif exists',
  ),
  pick(
    'tcp flags syn',
    'tcp flags & (fin|syn|rst|ack) == syn',
    'tcp flags & (fin|syn|rst|ack) != syn',
    'tcp dport > 79',
    'tcp dport <= 80',
  ),
  pick(
    'ip saddr . tcp dport { 10.55.0.5 . 22, 8.8.4.4 . 80, 10.55.0.0/24 . 3000-9000 }',
    'ip saddr . tcp dport != { 10.55.0.5 . 22, 8.8.4.4 . 80 }',
    'iifname . tcp dport { "eth0" . 22, "br0" . 80 }',
    'ip saddr . ip daddr . tcp dport @triples',
    'meta pkttype host',
  ),
  pick(
    'meta mark 0x1',
    'meta mark != 0x1',
    'meta mark & 0x3 == 0x2',
    'meta mark { 0x0, 0x2 }',
    'ct mark 0x4',
    'ct mark and 0x4 != 0x4',
  ),
  pick(
    'meta l4proto tcp ct original proto-dst 8080',
    'ct original ip daddr 10.55.0.2',
    'ct status dnat',
    'ct direction original',
  ),
);

const marks = [
  'meta mark set 0x1',
  'meta mark set meta mark or 0x2',
  'ct mark set 0x4',
  'ct mark set meta mark',
  'meta mark set ct mark',
];
const ends = [
  'accept',
  'accept',
  'drop',
  'drop',
  'reject',
  'return',
  'counter',
  'log prefix "x" accept',
  'tcp dport vmap { 22 : accept, 80 : drop, 3000-9000 : jump a }',
  'tcp dport vmap @verdicts',
  'ip saddr . tcp dport vmap { 10.55.0.5 . 22 : drop, 10.55.0.0/24 . 80 : accept }',
  'ip saddr vmap { 10.55.0.5 : drop, 8.0.0.0/8 : accept, * : continue }',
  ...marks,
];
const jumps = ['jump a', 'goto a', 'jump b', 'goto b'];

function rules(targets: readonly string[], most = 5): fc.Arbitrary<string[]> {
  return fc.array(
    fc
      .tuple(fc.array(conditions, { maxLength: 2 }), pick(...targets))
      .map(([words, end]) => `${words.join(' ')} ${end}`),
    { minLength: 1, maxLength: most },
  );
}

/** Without any way back to chains that call them. */
const leaf = ends.filter((end) => !/\bjump\b|@verdicts/.test(end));

/** Only to where somebody listens, and never back to where a packet came from. */
const translations = [
  'iifname != "br0" tcp dport 8080 dnat ip to 172.20.0.2:80',
  'iifname != "br0" fib daddr type local tcp dport 8005 dnat ip to 172.20.0.2:8080',
  'iifname != "br0" meta nfproto ipv6 tcp dport 9999 dnat ip6 to [fd20::2]:80',
  'iifname != "br0" dnat ip to tcp dport map { 9999 : 172.20.0.2, 9000 : 172.20.0.2 }',
  'iifname != "br0" dnat ip to tcp dport map @doorsteps',
  'iifname != "br0" dnat ip to ip saddr . tcp dport map { 10.55.0.5 . 3000 : 172.20.0.2 . 22, 10.55.0.9 . 3000 : 172.20.0.2 . 80 }',
  'tcp dport 8080 redirect to :80',
  'udp dport 9999 redirect to :3000',
  'iifname "eth0" tcp dport 22 redirect to :5000',
  'iifname "eth0" tcp dport 3000 dnat ip to 10.66.0.5:22',
  'meta nfproto ipv4 tcp dport 9999 dnat ip to 127.0.0.1:6000',
  'tcp dport 9999 dnat ip to 172.20.0.1:7000',
  'meta l4proto tcp redirect to :tcp dport map { 8080 : 80, 9999 : 22 }',
];

const established = 'ct state established,related accept';
const neighbours = 'icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert } accept';

const chain = (name: string, head: string, body: readonly string[]) =>
  `  chain ${name} {\n${[head, ...body]
    .filter((line) => line !== '')
    .map((line) => `    ${line}`)
    .join('\n')}\n  }`;

/** A whole file for nft -f. */
export const nftRules: fc.Arbitrary<string> = fc
  .record({
    input: fc.tuple(pick('accept', 'drop'), rules([...ends, ...jumps])),
    second: fc.tuple(pick('accept', 'accept', 'drop'), rules([...ends, 'jump b'])),
    forward: fc.tuple(pick('accept', 'drop'), rules([...ends, ...jumps])),
    early: fc.option(rules(['accept', 'accept', 'drop', ...marks, ...marks], 3)),
    v4: fc.option(rules(['accept', 'drop', 'return'], 2)),
    nat: fc.shuffledSubarray(translations, { maxLength: 5 }),
    late: fc.shuffledSubarray(translations, { maxLength: 3 }),
    guard: fc.option(conditions),
    priorities: pick('0', 'filter + 5', '-10'),
    a: rules([...leaf, 'jump b']),
    b: rules(leaf),
  })
  .map(({ input, second, forward, early, v4, nat, late, guard, priorities, a, b }) =>
    [
      'flush ruleset',
      'table inet t {',
      '  set some { type ipv4_addr; flags interval; elements = { 10.55.1.0/24, 8.8.4.4 } }',
      '  set some6 { type ipv6_addr; flags interval; elements = { fd55::/120, 2001:db8::/32 } }',
      '  set doors { type inet_service; elements = { 80, 8005, 5000 } }',
      '  set triples { type ipv4_addr . ipv4_addr . inet_service; flags interval; elements = { 10.55.0.0/24 . 10.55.0.2 . 22, 8.8.4.4 . 172.20.0.2 . 80-3000 } }',
      '  map verdicts { type inet_service : verdict; flags interval; elements = { 22 : accept, 80-3000 : jump b, 8005 : drop } }',
      '  map doorsteps { type inet_service : ipv4_addr . inet_service; elements = { 9999 : 172.20.0.2 . 22, 80 : 172.20.0.2 . 3000 } }',
      chain('b', '', b),
      chain('a', '', a),
      chain('input', `type filter hook input priority 0; policy ${input[0]};`, [
        established,
        neighbours,
        ...input[1],
      ]),
      chain('second', `type filter hook input priority ${priorities}; policy ${second[0]};`, [
        established,
        neighbours,
        ...second[1],
      ]),
      chain('forward', `type filter hook forward priority 0; policy ${forward[0]};`, [
        established,
        ...forward[1],
      ]),
      ...(early === null
        ? []
        : [
            chain('early', 'type filter hook prerouting priority mangle; policy accept;', [
              established,
              neighbours,
              ...early,
            ]),
          ]),
      chain('nat', 'type nat hook prerouting priority dstnat; policy accept;', [
        ...(guard === null ? [] : [`${guard} return`]),
        ...nat,
      ]),
      chain('late', 'type nat hook prerouting priority dstnat + 5; policy accept;', late),
      '}',
      ...(v4 === null
        ? []
        : [
            'table ip four {',
            chain('input', 'type filter hook input priority 20; policy accept;', [
              established,
              ...v4.filter((rule) => !/ip6|[@]|nfproto|protocol/.test(rule)),
            ]),
            '}',
          ]),
      '',
    ].join('\n'),
  );
