import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Interface } from '../../../src/facts/interfaces/interface.ts';
import { decideInput } from '../../../src/facts/netfilter/decide.ts';
import { parseIpSets } from '../../../src/facts/netfilter/iptables/ipset.ts';
import { parseIptablesSave } from '../../../src/facts/netfilter/iptables/save.ts';
import { netfilterOf } from '../../../src/facts/netfilter/machine.ts';

const eth0: Interface = {
  ...{ name: 'eth0', kind: 'link', up: true, port: false, defaultRoute: true },
  addresses: [{ family: 'ip', address: '10.0.0.2', prefix: 24, scope: 'global' }],
};

/** As `ipset save` prints them. */
const saved = `create friends hash:ip family inet hashsize 1024 maxelem 65536
add friends 10.0.0.5
add friends 10.0.0.6 timeout 300
create nets hash:net family inet hashsize 1024 maxelem 65536
add nets 10.0.0.0/24
add nets 10.0.0.64/26 nomatch
add nets 10.0.0.70
create doors bitmap:port range 0-65535
add doors 22
add doors 3000-3010
create both hash:ip,port family inet hashsize 1024 maxelem 65536
add both 10.0.0.7,tcp:3000
add both 10.0.0.8,udp:3000
create all list:set size 8
add all friends
add all nets
create cards hash:mac hashsize 1024 maxelem 65536
add cards 01:02:03:04:05:06
`;

function verdict(rules: readonly string[], source: string, sets: string | null = saved, policy = 'DROP') {
  const text = `*filter\n:INPUT ${policy} [0:0]\n${rules.map((rule) => `-A INPUT ${rule}`).join('\n')}\nCOMMIT`;
  const parsed = parseIptablesSave(
    text,
    'ip',
    'x',
    sets === null ? null : parseIpSets(sets, new Set(['grows'])),
  );
  if ('line' in parsed) throw new Error(parsed.line);
  const net = netfilterOf({ tables: parsed.tables, gaps: [] }, [eth0]);
  const at = { proto: 'tcp', port: 3000, destination: '10.0.0.2', interface: 'eth0' } as const;
  return decideInput(net, { ...at, sources: { class: 'lan', cidr: `${source}/32` } }, []).verdict;
}

describe('sets of ipset', () => {
  test.each([
    ['-m set --match-set friends src -j ACCEPT', '10.0.0.5', 'accept'],
    ['-m set --match-set friends src -j ACCEPT', '10.0.0.7', 'drop'],
    ['-m set ! --match-set friends src -j ACCEPT', '10.0.0.5', 'drop'],
    ['-m set --match-set nets src -j ACCEPT', '10.0.0.9', 'accept'],
    // The most specific entry counts.
    ['-m set --match-set nets src -j ACCEPT', '10.0.0.65', 'drop'],
    ['-m set --match-set nets src -j ACCEPT', '10.0.0.70', 'accept'],
    ['-p tcp -m set --match-set doors dst -j ACCEPT', '10.0.0.9', 'accept'],
    ['-m set --match-set both src,dst -j ACCEPT', '10.0.0.7', 'accept'],
    ['-m set --match-set both src,dst -j ACCEPT', '10.0.0.8', 'drop'],
    ['-m set --match-set all src -j ACCEPT', '10.0.0.6', 'accept'],
    ['-m set --match-set all src -j ACCEPT', '10.0.1.6', 'drop'],
    ['-m set --match-set friends dst -j ACCEPT', '10.0.0.5', 'drop'],
    // Nobody knows a neighbour's card.
    ['-m set --match-set cards src -j ACCEPT', '10.0.0.5', 'unknown'],
    ['-m set --match-set missing src -j ACCEPT', '10.0.0.5', 'unknown'],
  ])('%s from %s: %s', (rule, source, expected) => {
    expect(verdict([rule], source)).toBe(expected);
  });

  test('whoever is not in a set that rules fill may be, later', () => {
    const sets = 'create grows hash:ip family inet\nadd grows 10.0.0.5\n';
    const allowed = ['-m set --match-set grows src -j ACCEPT'];
    expect(verdict(allowed, '10.0.0.5', sets)).toBe('accept');
    expect(verdict(allowed, '10.0.0.6', sets)).toBe('unknown');
    expect(verdict(['-m set --match-set grows src -j DROP'], '10.0.0.6', sets, 'ACCEPT')).toBe('accept');
  });

  test('sets that were not read are lists of few', () => {
    expect(verdict(['-m set --match-set bans src -j DROP'], '10.0.0.5', null, 'ACCEPT')).toBe('accept');
    expect(verdict(['-m set --match-set friends src -j ACCEPT'], '10.0.0.5', null)).toBe('unknown');
  });

  test('any text is read', () => {
    const word = fc.constantFrom(
      'create',
      'add',
      'x',
      'hash:ip,port',
      'list:set',
      'inet6',
      '1.2.3.4,tcp:80',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(word), fc.string({ unit: 'binary' }), (words, noise) => {
        verdict(['-m set --match-set x src,dst -j ACCEPT'], '10.0.0.5', `${words.join(' ')}\n${noise}`);
      }),
    );
  });
});
