import { describe, expect, test } from '@jest/globals';
import { jailLimits } from '../../../src/checks/access/jail-limits.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { fail2banWith, jail, limits, stopped } from './jail-fixtures.ts';

const params = { maxRetry: 5, minBanTime: 600, minFindTime: 120 };

describe('jail-limits', () => {
  test.each([
    ['pass', 'at the limits', jail(limits(5, 600, 120))],
    ['fail', 'too many tries', jail(limits(6, 600, 600))],
    ['fail', 'short bans', jail(limits(5, 599, 600))],
    ['pass', 'short bans that grow', jail({ ...limits(5, 60, 600), increment: true })],
    ['pass', 'bans for ever', jail(limits(5, -1, 600))],
    ['fail', 'a ban of no time', jail(limits(5, 0, 600))],
    ['fail', 'failures soon forgotten', jail(limits(5, 600, 119))],
    ['undetermined', 'no number', jail(limits(null, 600, 600))],
    ['not-applicable', 'the jail is off', jail({ ...limits(50, 1, 1), enabled: false, running: null })],
    [
      'not-applicable',
      'enabled, and the server does not run it',
      jail({ ...limits(50, 1, 1), running: false }),
    ],
    ['fail', 'runs though no file enables it', jail({ ...limits(50, 1, 1), enabled: false })],
  ])('%s: %s', (outcome, _, each) => {
    expect(evaluate(jailLimits, { fail2ban: fail2banWith(each) }, params)).toMatchObject([{ outcome }]);
  });

  test('the fix keeps what is stricter than the limit', () => {
    const [verdict] = evaluate(jailLimits, { fail2ban: fail2banWith(jail(limits(20, 86_400, 60))) }, params);
    expect(verdict).toMatchObject({ data: { maxretry: 5, bantime: 86_400, findtime: 120 } });
    const [never] = evaluate(jailLimits, { fail2ban: fail2banWith(jail(limits(20, -1, 900))) }, params);
    expect(never).toMatchObject({ data: { bantime: -1, findtime: 900 } });
  });

  test.each([[null], [stopped]])('without a running fail2ban there is nothing to judge', (fail2ban) => {
    expect(evaluate(jailLimits, { fail2ban }, params)).toMatchObject([{ outcome: 'not-applicable' }]);
  });
});
