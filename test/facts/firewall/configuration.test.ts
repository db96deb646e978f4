import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { configurationOf } from '../../harness/firewall.ts';
import { parseUfwRules, ufwWords } from '../../../src/facts/firewall/ufw-rules.ts';

const nft = (text: string) => ({ '/etc/nftables.conf': text });
const persistent = (text: string) => ({ '/etc/iptables/rules.v4': text });

describe('what a loader refuses by default', () => {
  test.each([
    [
      'Debian’s own',
      nft(
        'flush ruleset\n\ntable inet filter {\n\tchain input {\n\t\ttype filter hook input priority filter;\n\t}\n}\n',
      ),
      false,
    ],
    [
      'on one line',
      nft(
        'table inet f { chain i { type filter hook input priority 0; policy drop; tcp dport { 22, 80 } accept; }; }',
      ),
      true,
    ],
    [
      'a last rule',
      nft(
        'table ip f {\nchain i {\ntype filter hook input priority 0\ntcp dport 22 accept\ncounter drop\n}\n}',
      ),
      true,
    ],
    [
      'in a comment',
      nft('table ip f {\nchain i {\ntype filter hook input priority 0\n# policy drop;\n}\n}'),
      false,
    ],
    [
      'another hook',
      nft('table ip f {\nchain i {\ntype filter hook forward priority 0; policy drop;\n}\n}'),
      false,
    ],
    ['included, and nothing there', nft('include "/etc/nftables.d/*.nft"\n'), false],
    ['included, and lost', nft('include "/etc/nftables.d/own.nft"\n'), null],
    [
      'included',
      {
        ...nft('include "nftables.d/*.nft"\n'),
        '/etc/nftables.d/own.nft':
          'table ip f {\nchain i {\ntype filter hook input priority 0; policy drop\n}\n}',
      },
      true,
    ],
    [
      'elsewhere',
      nft(
        'table ip f {\nchain other { drop; }\nchain i {\ntype filter hook input priority 0\njump other\n}\n}',
      ),
      true,
    ],
    ['nowhere', {}, false],
    ['unheard of', nft('table ip f {\nfroth\n}'), null],
  ])('nftables: %s', async (_, files, refuses) => {
    const { loaders } = await configurationOf(files);
    expect(loaders.find(({ name }) => name === 'nftables')?.refuses).toBe(refuses);
  });

  test.each([
    ['*filter\n:INPUT DROP [0:0]\nCOMMIT\n', true],
    ['*filter\n-A INPUT -j REJECT\nCOMMIT\n', true],
    ['*filter\n-A INPUT -p tcp -j REJECT\nCOMMIT\n', false],
    ['*filter\n:INPUT DROP [0:0]\n', null],
    ['', false],
  ])('iptables-persistent: %j', async (text, refuses) => {
    const { loaders } = await configurationOf(persistent(text));
    expect(loaders.find(({ name }) => name === 'netfilter-persistent')?.refuses).toBe(refuses);
  });
});

describe('parseUfwRules', () => {
  test.each([
    ['deny tcp 22 0.0.0.0/0 any 10.0.0.9 in', 'deny in proto tcp from 10.0.0.9 to any port 22'],
    [
      'route:allow any any 0.0.0.0/0 any 0.0.0.0/0 in_eth0!out_eth1',
      'route allow in on eth0 out on eth1 from any to any',
    ],
    [
      'limit_log tcp 22 0.0.0.0/0 any 0.0.0.0/0 in_eth0',
      'limit in on eth0 proto tcp from any to any port 22',
    ],
    [
      'allow tcp 80,443 0.0.0.0/0 any 0.0.0.0/0 Nginx%20Full - in',
      'allow in proto tcp from any to any port 80,443',
    ],
    ['reject any any 0.0.0.0/0 any 0.0.0.0/0 out', 'reject out from any to any'],
  ])('%s', (tuple, words) => {
    const [rule] = parseUfwRules(`### tuple ### ${tuple}`, 'ip', 'user.rules');
    expect(rule === undefined ? null : ufwWords(rule)).toBe(words);
  });
});

test('any bytes parse without a throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      parseUfwRules(`### tuple ### ${text}`, 'ip', 'x').map(ufwWords);
    }),
  );
});
