import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseNftTokens } from '../../../../src/facts/firewall/nft-language/ruleset.ts';
import { serviceNames } from '../../../../src/facts/firewall/nft-language/services.ts';
import { tokensOf } from '../../../../src/facts/firewall/nft-language/tokens.ts';
import { parseAddresses } from '../../../../src/facts/netfilter/addresses.ts';
import { hang } from '../../../harness/hang.ts';

const services = serviceNames('ssh 22/tcp # shell\nhttp 80/tcp www\npostgresql 5432/tcp\n');

function parse(text: string) {
  return parseNftTokens(tokensOf({ path: 'f', text }), services, 'f');
}

/** The rules of `inet t input`, which begins on line 2. */
function rules(...lines: readonly string[]) {
  const file = parse(
    `table inet t { chain input { type filter hook input priority 0\n${lines.join('\n')}\n}; }\n`,
  );
  if ('wrong' in file) throw new Error(`${String(file.wrong.line)} ${file.wrong.text}`);
  return file.tables[0]?.chains.get('input')?.rules ?? [];
}

function ports(...list: readonly (number | readonly [number, number])[]) {
  return { on: 'destination-port', ports: list.map((one) => (typeof one === 'number' ? [one, one] : one)) };
}

function from(...texts: readonly string[]) {
  return { on: 'source', addresses: texts.flatMap((text) => parseAddresses(text)?.addresses ?? []) };
}

describe('a rule', () => {
  test.each([
    ['tcp dport 22 accept', [ports(22)], 'accept'],
    ['tcp dport { ssh, 80-90 , postgresql,\n www } drop', [ports(22, [80, 90], 5432, 80)], 'drop'],
    ['tcp dport != 22 \\\n accept', [{ ...ports(22), negated: true }], 'accept'],
    [
      'ip saddr { 10.0.0.0/8, 192.0.2.1-192.0.2.9 } accept',
      [from('10.0.0.0/8', '192.0.2.1-192.0.2.9')],
      'accept',
    ],
    ['ip6 saddr { ::1, 2001:db8::/32 } accept', [from('::1', '2001:db8::/32')], 'accept'],
    ['ct state established,related accept', [{ on: 'state', states: ['established', 'related'] }], 'accept'],
    ['iif "lo" accept comment "drop"', [{ on: 'interface', names: ['lo'] }], 'accept'],
    [
      'iifname { eth*, "wg0" } counter packets 0 bytes 0 log prefix "a: " level info accept',
      [{ names: ['eth*', 'wg0'] }],
      'accept',
    ],
    [
      'meta l4proto { tcp, udp } th dport 53 reject with icmpx type admin-prohibited',
      [{ protocols: ['tcp', 'udp'] }, ports(53)],
      'reject',
    ],
    [
      'icmp type echo-request limit rate 1/second burst 5 packets accept',
      [{ protocols: ['icmp'] }, { on: 'client-choice' }],
      'accept',
    ],
    [
      'tcp flags & (fin|syn|rst|ack) == syn accept',
      [{ on: 'tcp-flags', mask: ['fin', 'syn', 'rst', 'ack'], set: ['syn'] }],
      'accept',
    ],
    [
      'tcp flags syn / fin,syn,rst,ack accept',
      [{ on: 'tcp-flags', mask: ['fin', 'syn', 'rst', 'ack'], set: ['syn'] }],
      'accept',
    ],
    ['fib daddr type local accept', [{ on: 'destination-type', types: ['local'] }], 'accept'],
    ['meta mark & 0xff == 0x10 accept', [{ of: [[{ on: 'mark', mask: 255, value: 16 }]] }], 'accept'],
    ['ct status dnat accept', [{ on: 'translated' }], 'accept'],
    ['log group 2', [], 'continue'],
    ['jump other', [], 'jump'],
  ])('%s', (text, matches, kind) => {
    const [rule] = rules(text);
    expect(rule?.matches).toMatchObject(matches);
    expect(rule?.matches).toHaveLength(matches.length);
    expect(rule?.target.kind).toBe(kind);
  });

  test.each([
    ['tcp dport 22 froth 7 accept', 2, 'accept'],
    ['froth 7 goto other', 1, 'goto'],
    ['froth 7', 1, 'unclear'],
    ['tcp dport 22 tproxy to :50080', 1, 'unclear'],
    ['tcp dport unheard-of accept', 1, 'accept'],
    ['ip saddr @unheard drop', 1, 'drop'],
    ['ip saddr froth.example drop', 1, 'drop'],
  ])('%s cannot be decided', (text, matches, kind) => {
    const [rule] = rules(text);
    expect(rule?.matches).toHaveLength(matches);
    expect(rule?.target.kind).toBe(kind);
    expect(kind === 'unclear' || rule?.matches.at(-1)?.on === 'unclear').toBe(true);
  });

  test('of a verdict map is one for each key', () => {
    const kinds = rules('tcp dport vmap { 22 : jump other, 80-90 : accept, www : drop }').map(
      ({ target }) => target.kind,
    );
    expect(kinds).toEqual(['jump', 'accept', 'drop']);
  });

  test('that fills a set makes it grow', () => {
    const text =
      'table ip t {\nset s { type ipv4_addr; flags dynamic; }\nchain c {\nip saddr @s accept\ntcp dport 1 froth add @s { ip saddr }\n}\n}';
    const file = parse(text);
    const [rule] = 'wrong' in file ? [] : (file.tables[0]?.chains.get('c')?.rules ?? []);
    expect(rule?.matches).toMatchObject([{ on: 'any', grows: true }]);
  });

  test('forgets a mark that it may have set', () => {
    const [rule] = rules('froth mark set 7 accept');
    expect(rule?.effects).toMatchObject([{ kind: 'forget-mark' }, { kind: 'forget-mark' }]);
  });

  test('is on its own line, in the words of the file', () => {
    expect(rules('', '# no rule', 'tcp dport 22   accept # shell')).toMatchObject([
      { line: 4, text: 'tcp dport 22 accept', source: 'f' },
    ]);
  });
});

describe('a file', () => {
  test('puts variables in their places, sets within sets too', () => {
    const text =
      'define a = { 22,\n 80 }\ndefine b = { $a, 443 }\ntable ip t {\nchain c {\ndefine a = 7\ntcp dport $b accept\ntcp dport $a drop\n}\n}';
    const file = parse(text);
    const found = 'wrong' in file ? [] : (file.tables[0]?.chains.get('c')?.rules ?? []);
    expect(found.map(({ matches }) => matches[0])).toMatchObject([ports(22, 80, 443), ports(7)]);
  });

  test.each([
    ['table ip t {\nchain c {\ntcp dport $lost accept\n}\n}', 3],
    ['table ip t {\nchain c {\ntype filter hook input priority froth\n}\n}', 3],
    ['table ip t {\nchain c {\naccept\n}\n', 4],
    ['table ip t {\nfroth\n}', 2],
    ['\n}\n', 2],
    ['add rule ip t c accept', 1],
    ['table ip t {\nchain c {\n}\n}\nadd rule ip t c position 4 accept', 5],
    ['delete rule ip t c handle 4', 1],
  ])('%j is not understood', (text, line) => {
    expect(parse(text)).toMatchObject({ wrong: { line } });
  });

  test('begins anew where it says so', () => {
    const own =
      'table ip t {\nchain c {\ntype filter hook input priority filter + 5; policy drop;\ndrop\n}\n}\n';
    const idiom = `${own}table ip t\ndelete table ip t\n${own}`;
    expect(parse(idiom)).toMatchObject({ flushes: false, tables: [{ name: 't' }] });
    const file = parse(`flush ruleset\n${own}${own}`);
    expect(file).toMatchObject({ flushes: true });
    const chain = 'wrong' in file ? undefined : file.tables[0]?.chains.get('c');
    expect(chain).toMatchObject({ base: { hook: 'input', priority: 5, policy: 'drop' }, rules: [{}, {}] });
    expect(parse(`${own}flush ruleset\n`)).toMatchObject({ tables: [] });
  });

  test('takes single commands', () => {
    const file = parse(
      `add table inet t
add chain inet t c { type filter hook input priority -10 ; policy drop ; }
add set inet t s { type inet_service ; flags interval ; elements = { ssh } }
add element inet t s { 7000-7010 }
add rule inet t c tcp dport @s accept
insert rule inet t c iif lo accept`,
    );
    const found = 'wrong' in file ? [] : (file.tables[0]?.chains.get('c')?.rules ?? []);
    expect(found.map(({ matches }) => matches[0])).toMatchObject([
      { on: 'interface' },
      ports(22, [7000, 7010]),
    ]);
  });

  test('leaves out what the kernel does not ask', () => {
    expect(parse('table ip t {\nflags dormant\nchain c {\n}\n}')).toMatchObject({ tables: [] });
  });
});

test('any bytes', () => {
  const word = fc.constantFrom(
    ...'table chain set map inet ip t c { } ( ) [ ] ; , : . - / & | = != == \n " # $ @ @s $x define include add rule element flush ruleset delete elements type filter hook input priority policy drop accept jump vmap tcp dport 22 10.0.0.1 :: 1h ct state mark limit rate counter log dnat to fib update meter comment'.split(
      ' ',
    ),
  );
  const language = fc.array(word, { maxLength: 60 }).map((words) => words.join(' '));
  fc.assert(
    fc.property(fc.oneof(language, fc.string({ unit: 'binary', maxLength: 300 })), (text) => {
      parse(text);
      parse(
        `table inet t {\nset s {\n${text}\n}\nchain c {\ntype filter hook input priority 0\n${text}\n}\n}`,
      );
    }),
    { numRuns: 1000 },
  );
});

test('a long text takes no long time', () => {
  const started = performance.now();
  for (const piece of [
    'a:',
    ':',
    '0',
    '1.',
    'a',
    '{',
    '(',
    '\\*',
    '"',
    '#',
    '$a',
    '@',
    ' ',
    '\\\n',
    '10.0.0.1,',
    '!',
  ]) {
    parse(piece.repeat(20_000));
    parse(`table t {\nchain c {\ntcp dport ${piece.repeat(20_000)}\n}\n}`);
  }
  expect(performance.now() - started).toBeLessThan(hang);
});
