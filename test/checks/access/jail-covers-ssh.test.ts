import { describe, expect, test } from '@jest/globals';
import { jailCoversSsh } from '../../../src/checks/access/jail-covers-ssh.ts';
import { everyPort } from '../../../src/facts/fail2ban/ports.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { fail2banWith, jail, stopped } from './jail-fixtures.ts';

const on22 = [{ port: 22, address: '0.0.0.0' }];
const on2222 = [{ port: 2222, address: '::' }];
const allPorts = [{ action: 'iptables-allports', where: 'input', ports: everyPort }] as const;

describe('jail-covers-ssh', () => {
  test.each([
    ['pass', 'the usual', jail(), on22],
    ['fail', 'SSH moved, the jail did not', jail(), on2222],
    ['pass', 'a jail for every port', jail({ bans: allPorts }), on2222],
    ['fail', 'the jail is off', jail({ enabled: false, running: false }), on22],
    ['fail', 'on in the files, not in the server', jail({ running: false }), on22],
    [
      'fail',
      'skipped over its filter',
      jail({ running: null, problem: 'its filter sshx does not exist' }),
      on22,
    ],
    [
      'fail',
      'it only sends mail',
      jail({ bans: [{ action: 'sendmail', where: 'report', ports: everyPort }] }),
      on22,
    ],
    [
      'fail',
      'a jail for something else',
      jail({ name: 'recidive', filter: 'recidive', bans: allPorts }),
      on22,
    ],
    [
      'undetermined',
      'a port name that nobody knows',
      jail({ bans: [{ action: 'x', where: 'unknown', ports: null }] }),
      on22,
    ],
    [
      'undetermined',
      'an action that nobody knows, whatever ports it names',
      jail({ bans: [{ action: 'slack-notify', where: 'unknown', ports: everyPort }] }),
      on22,
    ],
    [
      'fail',
      'it closes the way to containers only',
      jail({ bans: [{ action: 'iptables-allports', where: 'forward', ports: everyPort }] }),
      on22,
    ],
    ['not-applicable', 'no SSH', jail(), []],
  ])('%s: %s', (outcome, _, each, doors) => {
    expect(evaluate(jailCoversSsh, { fail2ban: fail2banWith(each), doors })).toMatchObject([{ outcome }]);
  });

  test('each port is judged, and the fix names all of them', () => {
    const doors = [...on22, ...on2222, { port: 22, address: '::' }];
    const verdicts = evaluate(jailCoversSsh, { fail2ban: fail2banWith(jail()), doors });
    expect(verdicts).toMatchObject([
      { outcome: 'pass', subject: 'SSH port 22' },
      { outcome: 'fail', subject: 'SSH port 2222', data: { ports: '22,2222' } },
    ]);
  });

  test.each([[null], [stopped]])('without a running fail2ban there is nothing to judge', (fail2ban) => {
    expect(evaluate(jailCoversSsh, { fail2ban, doors: on22 })).toMatchObject([{ outcome: 'not-applicable' }]);
  });
});
