import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseNftFile, refusesByDefault } from '../../../src/facts/firewall/nft-file.ts';
import { parseUfwRules, ufwWords } from '../../../src/facts/firewall/ufw-rules.ts';

describe('parseNftFile', () => {
  test.each([
    [
      'Debian’s own',
      'flush ruleset\n\ntable inet filter {\n\tchain input {\n\t\ttype filter hook input priority filter;\n\t}\n}\n',
      false,
    ],
    [
      'on one line',
      'table inet f { chain i { type filter hook input priority 0; policy drop; tcp dport { 22, 80 } accept; }; }',
      true,
    ],
    [
      'a last rule',
      'table ip f {\nchain i {\ntype filter hook input priority 0\ntcp dport 22 accept\ncounter drop\n}\n}',
      true,
    ],
    [
      'in a comment',
      'table ip f {\nchain i {\ntype filter hook input priority 0\n# policy drop;\n}\n}',
      false,
    ],
    [
      'another hook',
      'table ip f {\nchain i {\ntype filter hook forward priority 0; policy drop;\n}\n}',
      false,
    ],
    ['included', 'include "/etc/nftables.d/*.nft"\n', null],
    ['elsewhere', 'table ip f {\nchain i {\ntype filter hook input priority 0\njump other\n}\n}', null],
  ])('%s', (_, text, refuses) => {
    expect(refusesByDefault(parseNftFile(text))).toBe(refuses);
  });

  test('counts rules over several lines as one', () => {
    const text =
      'table inet f {\nchain i {\ntcp dport { 22,\n 80 } \\\n accept\nudp dport 53 drop; reject\n}\n}\n';
    expect(parseNftFile(text).chains[0]?.rules).toEqual([
      'tcp dport { 22, 80 } accept',
      'udp dport 53 drop',
      'reject',
    ]);
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
      refusesByDefault(parseNftFile(text));
      refusesByDefault(parseNftFile(`table t {\nchain c {\n${text}\n}\n}`));
      parseUfwRules(`### tuple ### ${text}`, 'ip', 'x').map(ufwWords);
    }),
  );
});
