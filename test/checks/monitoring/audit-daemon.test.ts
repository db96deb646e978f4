import { describe, expect, test } from '@jest/globals';
import { auditDaemon } from '../../../src/checks/monitoring/audit-daemon.ts';
import { known, unknown } from '../../../src/host/evidence.ts';
import { evaluate } from '../../harness/evaluate.ts';

const params = { identityFiles: ['/etc/passwd', '/etc/shadow'] };
const rules = (...texts: readonly string[]) =>
  known(
    texts.map((text) => ({ text, source: 'auditctl -l', line: null })),
    'auditctl -l',
  );
const exec = '-a always,exit -F arch=b64 -S execve -F key=exec';
const passwd = '-w /etc/passwd -p wa -k identity';
const shadow = '-w /etc/shadow -p wa -k identity';

describe('audit-daemon', () => {
  test.each([
    ['pass', 'auditd', rules(exec, passwd, shadow)],
    ['pass', 'auditd', rules('-a always,exit -S open,execve', '-w /etc/ -p wa')],
    ['pass', 'auditd', rules(exec, passwd, '-a always,exit -F path=/etc/shadow -F perm=wa')],
    ['pass', 'auditbeat', rules(exec, passwd, shadow)],
    [
      'pass',
      'auditd',
      rules('-a always,exit -F arch=b64 -S execve -F auid>=1000 -F auid!=-1', '-w /etc/ -p wa'),
    ],
    ['fail', 'auditd', rules(passwd, shadow)],
    ['fail', 'auditbeat', rules()],
    ['fail', 'osqueryd', rules()],
    // What auditctl makes of a watch in the newer syntax: it records no started program.
    [
      'fail',
      'auditd',
      rules('-a always,exit -F arch=b64 -S all -F path=/etc/passwd -F perm=wa', passwd, shadow),
    ],
    ['fail', 'auditd', rules('-a always,exit -F arch=b64 -C euid!=uid -S execve', passwd, shadow)],
    ['fail', 'auditd', rules('-a always,exit -F arch=b64 -S execve -F auid=1000', passwd, shadow)],
    ['fail', 'auditd', rules('-a always,exit -F arch=b32 -S execve', passwd, shadow)],
    ['fail', 'auditd', rules(exec, passwd, '-a always,exit -F path=/etc -F perm=wa')],
    ['pass', 'auditd', rules(exec, '-a always,exit -F arch=b64 -F dir=/etc -F perm=wa')],
    ['fail', 'auditd', rules(exec, passwd)],
    ['fail', 'auditd', rules(exec, passwd, '-w /etc/shadow -p r')],
    ['fail', 'auditd', rules('-a never,exit -S execve', passwd, shadow)],
    ['fail', 'auditd', rules(exec, passwd, '-w /etc/shadow-old -p wa')],
    ['fail', 'auditd', rules()],
    ['fail', 'auditd', rules('-a never,task', exec, passwd, shadow)],
    ['fail', 'auditd', rules(exec, passwd, '-a never,exit -F path=/etc/shadow -F perm=wa')],
    ['fail', null, rules(exec, passwd, shadow)],
    ['pass', 'falco', rules()],
    ['undetermined', 'auditd', unknown('denied', 'run as root', 'auditctl -l')],
  ])('%s: %s %j', (outcome, running, given) => {
    expect(
      evaluate(
        auditDaemon,
        {
          audit: {
            running,
            ownRules: running === 'falco',
            rules: given,
            enabled: known(true, 'auditctl -s'),
          },
        },
        params,
      ),
    ).toMatchObject([{ outcome }]);
  });

  test.each([
    ['fail', known(false, 'auditctl -s'), 'disabled'],
    ['undetermined', unknown('denied', 'run as root', 'auditctl -s'), undefined],
  ])('%s: whether the kernel records is %j', (outcome, enabled, message) => {
    const audit = { running: 'auditd', ownRules: false, rules: rules(exec, passwd, shadow), enabled };
    const [verdict] = evaluate(auditDaemon, { audit }, params);
    expect(verdict).toMatchObject(message === undefined ? { outcome } : { outcome, message });
  });
});
