import { describe, expect, test } from '@jest/globals';
import { jailIgnores } from '../../../src/checks/access/jail-ignores.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { fail2banWith, ignoring, jail, stopped } from './jail-fixtures.ts';

const params = { minPrivatePrefix: { ipv4: 24, ipv6: 64 } };

describe('jail-ignores', () => {
  test.each([
    ['pass', []],
    ['pass', ['127.0.0.1/8', '::1']],
    ['pass', ['192.168.1.0/24', '203.0.113.7', 'bastion.example.org', '203.0.113.8/32']],
    ['pass', ['fd00:1:2:3::/64', 'fe80::/64']],
    ['fail', ['192.168.0.0/16']],
    ['fail', ['10.0.0.0/255.0.0.0']],
    ['fail', ['203.0.113.0/29']],
    ['fail', ['0.0.0.0/0']],
    ['fail', ['127.0.0.1/0']],
    ['fail', ['::/0']],
    ['fail', ['2001:db8:1::/48']],
    ['fail', ['fd00::/8']],
  ])('%s: %j', (outcome, networks) => {
    expect(evaluate(jailIgnores, { fail2ban: fail2banWith(ignoring(...networks)) }, params)).toMatchObject([
      { outcome },
    ]);
  });

  test('the fix keeps single addresses and this machine', () => {
    const [verdict] = evaluate(
      jailIgnores,
      { fail2ban: fail2banWith(ignoring('10.0.0.0/8', '192.0.2.7', '::1')) },
      params,
    );
    expect(verdict).toMatchObject({ data: { networks: '10.0.0.0/8', kept: '127.0.0.1/8 ::1 192.0.2.7' } });
  });

  test.each([
    ['not installed', null],
    ['not running', stopped],
    ['no jail on', fail2banWith(jail({ running: false }))],
  ])('not-applicable: %s', (_, fail2ban) => {
    expect(evaluate(jailIgnores, { fail2ban }, params)).toMatchObject([{ outcome: 'not-applicable' }]);
  });
});
