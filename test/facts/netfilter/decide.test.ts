import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { InputQuestion, SourceClass } from '../../../src/facts/netfilter/decide.ts';
import { decideInput } from '../../../src/facts/netfilter/decide.ts';
import { parseIptablesSave } from '../../../src/facts/netfilter/iptables/save.ts';
import { parseNft, ruleLines } from '../../../src/facts/netfilter/nft/listing.ts';
import type { Interface } from '../../../src/facts/interfaces/interface.ts';
import { netfilterOf } from '../../../src/facts/netfilter/machine.ts';
import type { Ruleset } from '../../../src/facts/netfilter/ruleset.ts';

function data(name: string): string {
  return readFileSync(new URL(`data/${name}`, import.meta.url), 'utf8');
}

function iptables(text: string, family: 'ip' | 'ip6' = 'ip'): Ruleset {
  const saved = parseIptablesSave(text, family, 'iptables-save');
  if ('line' in saved) throw new Error(saved.line);
  return { tables: saved.tables, gaps: [] };
}

/** Rules of INPUT, or of another chain if they say so. */
function input(rules: readonly string[], policy = 'DROP', more: readonly string[] = []): Ruleset {
  const lines = rules.map((rule) => (rule.startsWith('-A') ? rule : `-A INPUT ${rule}`));
  return iptables(['*filter', `:INPUT ${policy} [0:0]`, ...more, ...lines, 'COMMIT'].join('\n'));
}

function nft(json: string): Ruleset {
  const tables = parseNft(json, ruleLines(''), 'nft');
  if (tables === null) throw new Error('not parsed');
  return { tables, gaps: [] };
}

const host0: Interface = {
  ...{ name: 'host0', kind: 'link', up: true, port: false, defaultRoute: true },
  addresses: [
    { family: 'ip', address: '10.0.0.2', prefix: 24, scope: 'global' },
    { family: 'ip6', address: 'fe80::77', prefix: 64, scope: 'link' },
  ],
};
const internet: SourceClass = { class: 'internet' };
const lan: SourceClass = { class: 'lan', cidr: '10.0.0.0/24' };
const lan6: SourceClass = { class: 'lan', cidr: 'fe80::/64' };

function ask(ruleset: Ruleset, port: number, sources = internet, more: Partial<InputQuestion> = {}) {
  const question = {
    proto: 'tcp',
    port,
    destination: sources === lan6 ? 'fe80::77' : '10.0.0.2',
    interface: 'host0',
    sources,
    ...more,
  } as const;
  return decideInput(netfilterOf(ruleset, [host0]), question, ruleset.gaps);
}

describe('ufw on a Docker host', () => {
  const ufw = iptables(data('ufw.iptables-save'));

  test.each([
    [22, internet, 'accept'],
    [2222, internet, 'accept'],
    [80, internet, 'accept'],
    [53, internet, 'accept'],
    [11434, internet, 'drop'],
    [3000, internet, 'drop'],
    [3000, lan, 'drop'],
  ])('%s', (port, sources, verdict) => {
    expect(ask(ufw, port, sources)).toMatchObject({ verdict });
  });

  test('a rule for one neighbour opens the port to that neighbour', () => {
    expect(ask(ufw, 11434, lan)).toMatchObject({
      verdict: 'accept',
      mostly: 'drop',
      accepted: ['10.0.0.5/32'],
      path: [
        '-A INPUT -j ufw-before-input',
        '-A ufw-before-input -j ufw-user-input',
        'ufw allow from 10.0.0.5 to any port 11434 proto tcp',
      ],
    });
  });

  test('a denied neighbour is an exception, unless an earlier rule let him in', () => {
    expect(ask(ufw, 80, lan)).toMatchObject({ accepted: ['10.0.0.0/24'], except: ['10.0.0.6/32'] });
    expect(ask(ufw, 22, lan)).toMatchObject({ accepted: ['10.0.0.0/24'], except: [] });
  });

  test('a rule on an interface does not open the others', () => {
    expect(ask(ufw, 53, lan, { interface: 'eth7' })).toMatchObject({ verdict: 'drop' });
    expect(ask(ufw, 3000, lan, { interface: 'lo' })).toMatchObject({ verdict: 'accept' });
  });
});

describe('native nftables', () => {
  const native = nft(data('native.json'));

  test.each([
    [9999, internet, 'accept'],
    [22, internet, 'accept'],
    [23, internet, 'accept'],
    [22, lan, 'accept'],
    [8005, lan, 'accept'],
    [80, internet, 'accept'],
    [3000, internet, 'accept'],
    [3000, lan, 'accept'],
    [3001, internet, 'drop'],
    [4444, lan6, 'accept'],
    [7777, lan6, 'accept'],
    [7000, internet, 'accept'],
    [7001, internet, 'accept'],
    [7002, internet, 'accept'],
    [7003, internet, 'accept'],
    [7004, internet, 'accept'],
    [7006, internet, 'accept'],
    [6666, internet, 'drop'],
  ])('%s', (port, sources, verdict) => {
    expect(ask(native, port, sources)).toMatchObject({ verdict });
  });
});

test('a rejection by ICMPv6 is for IPv6 alone, though nft does not say so', () => {
  const place = { family: 'inet', table: 't' };
  const chain = { ...place, name: 'c', hook: 'input', type: 'filter', prio: 0, policy: 'accept' };
  const expr = [{ reject: { type: 'icmpv6', expr: 'port-unreachable' } }];
  const objects = [
    { table: { family: 'inet', name: 't' } },
    { chain },
    { rule: { ...place, chain: 'c', expr } },
  ];
  const ruleset = nft(JSON.stringify({ nftables: objects }));
  expect(ask(ruleset, 22, lan)).toMatchObject({ verdict: 'accept' });
  expect(ask(ruleset, 22, lan6)).toMatchObject({ verdict: 'reject' });
});

describe('single rules', () => {
  test.each<[string, readonly string[], string, string]>([
    ['no rule', [], 'DROP', 'drop'],
    ['no rule, open', [], 'ACCEPT', 'accept'],
    ['established only', ['-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT'], 'DROP', 'drop'],
    ['not new is dropped', ['-m state ! --state NEW -j DROP', '-p tcp -j ACCEPT'], 'DROP', 'accept'],
    ['a last rule is a default', ['-p tcp -m tcp --dport 22 -j ACCEPT', '-j REJECT'], 'ACCEPT', 'reject'],
    ['only loopback', ['-i lo -j ACCEPT'], 'DROP', 'drop'],
    ['everything but loopback', ['! -i lo -j DROP'], 'ACCEPT', 'drop'],
    ['interface prefix', ['-i host+ -j ACCEPT'], 'DROP', 'accept'],
    ['port list', ['-p tcp -m multiport --dports 22,1000:4000 -j ACCEPT'], 'DROP', 'accept'],
    ['other protocol', ['-p udp -m udp --dport 3000 -j ACCEPT'], 'DROP', 'drop'],
    ['inverted port', ['-p tcp -m tcp ! --dport 22 -j ACCEPT'], 'DROP', 'accept'],
    ['other address', ['-d 10.9.9.9/32 -j ACCEPT'], 'DROP', 'drop'],
    ['own address', ['-d 10.0.0.2/32 -j ACCEPT'], 'DROP', 'accept'],
    ['range', ['-m iprange --src-range 10.0.0.0-10.0.0.255 -j ACCEPT'], 'DROP', 'accept'],
    ['an ipset of bans', ['-m set --match-set bans src -j DROP', '-j ACCEPT'], 'DROP', 'accept'],
    ['an ipset of friends', ['-m set --match-set friends src -j ACCEPT'], 'DROP', 'unknown'],
    ['all but an ipset', ['-m set ! --match-set friends src -j DROP'], 'ACCEPT', 'unknown'],
    ['not understood, then refused', ['-m bpf --bytecode "4,48 0 0" -j ACCEPT'], 'DROP', 'unknown'],
    ['not understood, same end', ['-m bpf --bytecode "4,48 0 0" -j DROP'], 'DROP', 'drop'],
    ['a mark that nobody sets', ['-m mark --mark 0x1 -j DROP'], 'ACCEPT', 'accept'],
    ['no mark', ['-m mark --mark 0x0/0xff -j DROP'], 'ACCEPT', 'drop'],
    [
      'a mark that is set',
      ['-j MARK --set-xmark 0x5/0xf', '-m mark --mark 0x1/0x3 -j DROP'],
      'ACCEPT',
      'drop',
    ],
    [
      'a mark that may be set',
      ['-m bpf --bytecode x -j MARK --set-xmark 0x1/0xf', '-m mark --mark 0x1 -j DROP'],
      'ACCEPT',
      'unknown',
    ],
    [
      'a connection mark restored',
      [
        '-j CONNMARK --set-xmark 0x7/0xffffffff',
        '-j CONNMARK --restore-mark --nfmask 0xff --ctmask 0xff',
        '-m mark --mark 0x7 -j DROP',
      ],
      'ACCEPT',
      'drop',
    ],
    ['the client picks its port', ['-p tcp -m tcp --sport 53 -j ACCEPT'], 'DROP', 'accept'],
    ['a refusal that the client avoids', ['-p tcp -m tcp --sport 53 -j DROP'], 'ACCEPT', 'accept'],
    [
      'a rate is not reached',
      ['-m hashlimit --hashlimit-above 5/sec --hashlimit-name x -j DROP'],
      'ACCEPT',
      'accept',
    ],
    ['below a rate', ['-m limit --limit 5/sec -j ACCEPT'], 'DROP', 'accept'],
    ['a refusal that a flood escapes', ['-m limit --limit 5/sec -j DROP'], 'ACCEPT', 'accept'],
    ['a knock', ['-m recent --rcheck --name KNOCK --rsource -j ACCEPT'], 'DROP', 'unknown'],
    [
      'first of many',
      ['-m recent --update --seconds 60 --hitcount 4 --name x --rsource -j DROP'],
      'ACCEPT',
      'accept',
    ],
    ['unknown target', ['-j TARPIT'], 'ACCEPT', 'unknown'],
    ['a comment that looks like an option', ['-m comment --comment "-j ACCEPT" -j DROP'], 'ACCEPT', 'drop'],
    ['only SYN', ['-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j ACCEPT'], 'DROP', 'accept'],
    ['null scan', ['-p tcp -m tcp --tcp-flags FIN,SYN,RST,PSH,ACK,URG NONE -j DROP'], 'ACCEPT', 'accept'],
    ['logging goes on', ['-j LOG --log-prefix "a b "', '-j DROP'], 'ACCEPT', 'drop'],
    ['an icmp rule', ['-p icmp -m icmp --icmp-type 8 -j ACCEPT'], 'DROP', 'drop'],
  ])('%s', (_, rules, policy, verdict) => {
    expect(ask(input(rules, policy), 3000, lan)).toMatchObject({ verdict });
  });

  test.each<[string, readonly string[], string]>([
    ['jump and return', ['-j A', '-j DROP', '-A A -p tcp -j RETURN', '-A A -j ACCEPT'], 'drop'],
    ['goto does not come back', ['-g A', '-j DROP', '-A A -p udp -j DROP'], 'accept'],
    ['a doubtful jump', ['-m bpf --bytecode x -j A', '-j ACCEPT', '-A A -j DROP'], 'unknown'],
    ['a doubtful jump that only logs', ['-m bpf --bytecode x -j A', '-j ACCEPT', '-A A -j LOG'], 'accept'],
    ['a flood guard', ['-j A', '-j DROP', '-A A -m limit --limit 5/sec -j RETURN', '-A A -j DROP'], 'drop'],
    [
      'a flood guard before an open end',
      ['-j A', '-A A -m limit --limit 5/sec -j RETURN', '-A A -j DROP'],
      'accept',
    ],
    ['a ban in a chain', ['-j A', '-j ACCEPT', '-A A -s 10.0.0.9/32 -j DROP', '-A A -j RETURN'], 'accept'],
  ])('%s', (_, rules, verdict) => {
    expect(ask(input(rules, 'ACCEPT', [':A - [0:0]']), 3000, lan)).toMatchObject({ verdict });
  });

  test('a drop in another table is final, an accept is not', () => {
    const raw = '*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp -m tcp --dport 3000 -j DROP\nCOMMIT\n';
    const filter = '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -j ACCEPT\nCOMMIT\n';
    expect(ask(iptables(raw + filter), 3000)).toMatchObject({ verdict: 'drop' });
    const nat =
      '*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 3000\nCOMMIT\n';
    expect(ask(iptables(raw + nat + filter), 3000)).toMatchObject({ verdict: 'drop' });
    expect(ask(iptables(raw + nat + filter), 80)).toMatchObject({ verdict: 'accept' });
  });

  test('what was not seen might refuse', () => {
    const open = input([], 'ACCEPT');
    expect(ask({ ...open, gaps: ['something'] }, 3000)).toMatchObject({
      verdict: 'unknown',
      unclear: 'something',
    });
    expect(ask({ ...input([]), gaps: ['something'] }, 3000)).toMatchObject({ verdict: 'drop' });
  });

  test('ten thousand bans stay affordable', () => {
    const bans = Array.from(
      { length: 10_000 },
      (_, n) => `-s 4.${String(n >> 8)}.${String(n & 255)}.7/32 -j DROP`,
    );
    const started = Date.now();
    expect(ask(input([...bans, '-j ACCEPT']), 3000)).toMatchObject({ verdict: 'accept' });
    expect(Date.now() - started).toBeLessThan(4000);
  });
});

describe('any bytes', () => {
  const word = fc.constantFrom(
    ...'-A INPUT A B -j -g -m -p tcp udp ! --dport 22 -s 10.0.0.0/8 ACCEPT DROP RETURN --ctstate NEW "'.split(
      ' ',
    ),
  );
  const line = fc.array(word, { maxLength: 8 }).map((words) => `-A ${words.join(' ')}`);

  test('a ruleset of any words ends', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.string({ unit: 'binary' }), (lines, noise) => {
        const saved = parseIptablesSave(`*filter\n:INPUT DROP [0:0]\n${lines.join('\n')}\nCOMMIT`, 'ip', 'x');
        if (!('line' in saved)) ask({ tables: saved.tables, gaps: [] }, 22);
        parseIptablesSave(noise, 'ip', 'x');
      }),
    );
  });

  test('JSON of any shape is read or refused', () => {
    const place = { family: 'inet', table: 't' };
    fc.assert(
      fc.property(fc.array(fc.object({ maxDepth: 4 }), { maxLength: 4 }), fc.string(), (expr, noise) => {
        parseNft(noise, ruleLines(noise), 'nft');
        const chain = { ...place, name: 'c', hook: 'input', type: 'filter', prio: 0, policy: 'drop' };
        const objects = [
          { table: { family: 'inet', name: 't' } },
          { chain },
          { rule: { ...place, chain: 'c', expr } },
        ];
        ask(nft(JSON.stringify({ nftables: objects })), 22);
      }),
    );
  });
});
