import { describe, expect, test } from '@jest/globals';
import { sshdOption } from '../../../src/checks/access/sshd-option.ts';
import { known, unknown } from '../../../src/host/evidence.ts';
import { evaluate } from '../../harness/evaluate.ts';
import {
  fragmentOf,
  outcomesOf,
  outcomeWithoutSshd,
  serversWith,
  sshdConfig,
  sshdWith,
  unreadInclude,
} from '../../harness/sshd.ts';

const password = {
  settings: [{ option: 'PasswordAuthentication', accept: ['no'], refuse: ['yes'], recommended: 'no' }],
  meaning: 'm',
  unless: { PubkeyAuthentication: ['never'] },
  method: 'password',
};
const root = {
  settings: [{ option: 'PermitRootLogin', accept: ['no'], refuse: ['yes'], recommended: 'no' }],
  meaning: 'm',
  root: true,
};

describe('sshd-option', () => {
  test.each<[string, unknown, string, string[]]>([
    ['pass', password, 'PasswordAuthentication no\n', ['pass']],
    ['fail', password, 'PasswordAuthentication yes\n', ['fail']],
    ['fail by default', password, '', ['fail']],
    [
      'fail in a Match',
      password,
      'PasswordAuthentication no\nMatch User op\nPasswordAuthentication yes\n',
      ['fail'],
    ],
    ['one finding where a Match only inherits', password, 'Match User op\nX11Forwarding no\n', ['fail']],
    ['a key is asked for as well', password, 'AuthenticationMethods publickey,password\n', ['pass']],
    ['one list is the password alone', password, 'AuthenticationMethods publickey password\n', ['fail']],
    ['a value sshd does not know', password, 'PasswordAuthentication maybe\n', ['undetermined']],
    ['root’s block', root, 'PermitRootLogin no\nMatch User root\nPermitRootLogin yes\n', ['fail']],
    [
      'a block that root never reaches',
      root,
      'PermitRootLogin no\nMatch User op\nPermitRootLogin yes\n',
      ['pass'],
    ],
    [
      'a block of a group without members',
      root,
      'PermitRootLogin no\nMatch Group g\nPermitRootLogin yes\n',
      ['fail'],
    ],
  ])('%s', async (_, params, text, expected) => {
    expect(await outcomesOf(sshdOption, params, text)).toEqual(expected);
  });

  test.each<[string, unknown, string]>([
    [
      'a block takes the second factor back',
      password,
      'AuthenticationMethods publickey,password\nMatch User op\nAuthenticationMethods password\n',
    ],
    [
      'a block takes back what made the option moot',
      {
        settings: [{ option: 'AllowTcpForwarding', accept: ['no'], refuse: ['yes'], recommended: 'no' }],
        meaning: 'm',
        unless: { DisableForwarding: ['yes'] },
      },
      'DisableForwarding yes\nAllowTcpForwarding yes\nMatch User op\nDisableForwarding no\n',
    ],
  ])('%s: only there it fails, and the fix goes into the block', async (_, params, text) => {
    const verdicts = evaluate(sshdOption, { sshd: await sshdWith(text) }, params);
    expect(verdicts).toMatchObject([{ outcome: 'fail', message: 'inPlace', subject: 'sshd: Match User op' }]);
    expect(verdicts).toMatchObject([{ data: { script: expect.stringMatching(/Match User op.*&\\n/) } }]);
  });

  test('a line of an earlier block that decides is changed there', async () => {
    const text =
      'PasswordAuthentication no\nMatch User op\nPasswordAuthentication yes\nMatch User op Address 10.0.0.0/8\n';
    const verdicts = evaluate(sshdOption, { sshd: await sshdWith(text) }, password);
    for (const verdict of verdicts) {
      expect(verdict).toMatchObject({
        data: { script: expect.stringContaining('Match User op[[:space:]]*$') },
      });
    }
    expect(verdicts.length).toBeGreaterThan(0);
  });

  test('a server of which nobody knows when it read its file proves nothing', async () => {
    const sshd = serversWith(await sshdWith('PasswordAuthentication no\n'), {
      kind: 'running',
      drift: unknown('unsupported', '/proc/7/stat does not say when sshd started', 'x'),
    });
    expect(evaluate(sshdOption, { sshd }, password)).toMatchObject([{ outcome: 'undetermined' }]);
  });

  test('bounds', async () => {
    const settings = [{ option: 'LoginGraceTime', min: 1, max: 60, recommended: '60' }];
    for (const [value, outcome] of [
      ['0', 'fail'],
      ['1m', 'pass'],
      ['61', 'fail'],
    ] as const) {
      const found = await outcomesOf(sshdOption, { settings, meaning: 'm' }, `LoginGraceTime ${value}\n`);
      expect([value, found]).toEqual([value, [outcome]]);
    }
  });

  test('no sshd is nothing to judge', async () => {
    expect(await outcomeWithoutSshd(sshdOption, password)).toBe('not-applicable');
  });

  test('an unread file can weaken what was read; what is weak already stays weak', async () => {
    const after = (text: string) =>
      outcomesOf(sshdOption, password, `${text}\nInclude z.conf\n`, unreadInclude);
    expect(await after('PasswordAuthentication no')).toEqual(['undetermined']);
    expect(await after('PasswordAuthentication yes')).toEqual(['fail']);
    expect(await after('')).toEqual(['undetermined']);
  });

  test('a line that nobody understands is no ground for a pass', async () => {
    expect(await outcomesOf(sshdOption, password, 'PasswordAuthentication no\n\u0001\u0002 x\n')).toEqual([
      'undetermined',
    ]);
  });

  test('a server that runs on what the file said before proves nothing', async () => {
    const sshd = await sshdWith('PasswordAuthentication no\n');
    for (const reloadSeen of [true, false]) {
      const drift = known({ loadedAt: 1, changed: [{ path: sshdConfig, mtime: 2 }], reloadSeen }, 'test');
      const stale = serversWith(sshd, { drift });
      expect(evaluate(sshdOption, { sshd: stale }, password)[0]?.outcome).toBe('undetermined');
    }
  });

  test.each([
    ['0', 'PermitRootLogin prohibit-password'],
    ['0', 'PermitRootLogin yes'],
    ['1000', 'PermitRootLogin no'],
    ['1000', 'PermitRootLogin forced-commands-only'],
  ])('the key that is left must be of user id %s or more: %s', async (leastUid, line) => {
    const sshd = await sshdWith(`PasswordAuthentication yes\n${line}\n`);
    expect(evaluate(sshdOption, { sshd }, password)).toMatchObject([{ data: { leastUid } }]);
  });

  test.each([
    [
      'a drop-in where it is read first',
      'Include /etc/ssh/sshd_config.d/*.conf\nPasswordAuthentication yes\n',
      'dropIn',
    ],
    ['in place without an Include', 'PasswordAuthentication yes\n', 'inPlace'],
    [
      'in place above the Include',
      'PasswordAuthentication yes\nInclude /etc/ssh/sshd_config.d/*.conf\n',
      'inPlace',
    ],
  ])('remedy: %s', async (_, text, message) => {
    const [verdict] = evaluate(sshdOption, { sshd: await sshdWith(text) }, password);
    expect(verdict).toMatchObject({
      message,
      data: { setting: 'PasswordAuthentication no', config: sshdConfig },
    });
  });

  test('an earlier drop-in still wins: its line changes', async () => {
    const files = { '/etc/ssh/sshd_config.d/00-a.conf': 'PasswordAuthentication yes\n' };
    const sshd = await sshdWith('Include /etc/ssh/sshd_config.d/*.conf\n', { files });
    const [verdict] = evaluate(sshdOption, { sshd }, password);
    expect(verdict).toMatchObject({
      message: 'inPlace',
      data: { target: '/etc/ssh/sshd_config.d/00-a.conf' },
      evidence: [{ source: '/etc/ssh/sshd_config.d/00-a.conf', line: 1 }],
    });
  });

  test('a drop-in of a project that does not set it is not judged', async () => {
    const sshd = fragmentOf(await sshdWith(''));
    expect(evaluate(sshdOption, { sshd }, password)).toMatchObject([{ outcome: 'not-applicable' }]);
  });
});
