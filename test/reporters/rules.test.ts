import { describe, expect, test } from '@jest/globals';
import type { Rule } from '../../src/engine/rule.ts';
import { ruleForTerminal, rulesAsMarkdown, rulesForTerminal } from '../../src/reporters/rules.ts';

const rule: Rule = {
  id: 'ssh-password-login',
  check: 'sshd-option',
  with: { option: 'passwordauthentication', safe: ['no'] },
  severity: 'high',
  layer: 'access',
  title: 'SSH takes passwords',
  why: 'A password can be guessed by anyone who reaches the port.\nA key cannot.',
  fix: {
    summary: 'Turn passwords off, once a key is in place.',
    commands: [
      "printf 'PasswordAuthentication no\\n' >/etc/ssh/sshd_config.d/00-aisec-{option}.conf",
      'sshd -t && systemctl reload {unit}',
    ],
    verify: ['sshd -T | grep -i ^passwordauthentication'],
    undo: ['rm /etc/ssh/sshd_config.d/00-aisec-{option}.conf'],
    risk: 'lockout',
  },
  fixes: {
    broken: { summary: 'Repair the configuration first.', commands: [], verify: [], undo: [], risk: 'none' },
  },
  references: ['sshd_config(5)', 'https://man.openbsd.org/sshd_config#PasswordAuthentication'],
  maps: { 'cis-debian12': ['5.1.3'] },
  since: '0.1.0',
  stopgap: false,
  aliases: ['ssh-passwords'],
  profiles: { server: { severity: 'critical' }, ci: { enabled: false } },
};
const check = { messages: ['`{subject}` takes passwords.'], needs: ['sshd'] };
const short: Rule = {
  ...rule,
  id: 'sysctl-dmesg',
  layer: 'host',
  severity: 'low',
  title: 'Every user | reads it',
};

describe('the list of rules', () => {
  test.each([60, 80, 200])('at %i columns', (width) => {
    expect(rulesForTerminal([rule, short], { color: false, width })).toMatchSnapshot();
  });

  test('as Markdown', () => {
    expect(rulesAsMarkdown([rule, short])).toMatchSnapshot();
  });

  test('may be empty', () => {
    expect(rulesForTerminal([], { color: false, width: 80 })).toContain('0 rules');
  });
});

describe('a rule explained', () => {
  test.each([60, 80, 200])('at %i columns', (width) => {
    expect(ruleForTerminal(rule, check, { color: false, width })).toMatchSnapshot();
  });

  test('says whether it closes a port until then', () => {
    const explained = (stopgap: boolean) =>
      ruleForTerminal({ ...rule, stopgap }, check, { color: false, width: 80 });
    expect(explained(true)).toContain('\nUntil then\n');
    expect(explained(false)).not.toContain('Until then');
  });
});
