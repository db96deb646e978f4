import { describe, expect, test } from '@jest/globals';
import { bruteForceGuard } from '../../../src/checks/access/brute-force-guard.ts';
import { known, unknown } from '../../../src/host/evidence.ts';
import { evaluate } from '../../harness/evaluate.ts';

const guard = (name: string, installed: boolean) => ({
  name,
  installed,
  enabled: true,
  active: true,
  journal: [],
  citation: { source: 'systemctl show', line: null, excerpt: null },
});
const none = [guard('fail2ban', false), guard('sshguard', false), guard('crowdsec', false)];
const open = known([{ port: 2222, address: '0.0.0.0' }], 'ss');
const local = known([{ port: 22, address: '127.0.0.1' }], 'ss');

describe('brute-force-guard', () => {
  test.each([
    ['fail', 'SSH is open', none, open],
    ['pass', 'crowdsec is there', [...none.slice(0, 2), guard('crowdsec', true)], open],
    [
      'pass',
      'fail2ban is there, the listeners unseen',
      [guard('fail2ban', true)],
      unknown('denied', 'run as root', 'ss'),
    ],
    ['not-applicable', 'SSH on loopback', none, local],
    ['not-applicable', 'no SSH', none, known([], 'ss')],
    ['undetermined', 'the listeners unseen', none, unknown('denied', 'run as root', 'ss')],
  ])('%s: %s', (outcome, _, guards, doors) => {
    expect(evaluate(bruteForceGuard, { guards, doors })).toMatchObject([{ outcome }]);
  });
});
