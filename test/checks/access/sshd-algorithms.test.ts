import { describe, expect, test } from '@jest/globals';
import { sshdAlgorithms } from '../../../src/checks/access/sshd-algorithms.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { fragmentOf, outcomesOf, outcomeWithoutSshd, serversWith, sshdWith } from '../../harness/sshd.ts';

describe('sshd-algorithms', () => {
  const macs = { option: 'MACs', weak: ['*sha1*'], meaning: 'm' };
  test.each([
    ['fail', ''],
    ['pass', 'MACs -hmac-sha1*\n'],
    ['pass', 'MACs hmac-sha2-256\n'],
  ])('%s %j', async (outcome, text) => {
    expect(await outcomesOf(sshdAlgorithms, macs, text)).toEqual([outcome]);
  });

  test('the default of a version that is not known', async () => {
    const status = { '/var/lib/dpkg/status': '' };
    expect(await outcomesOf(sshdAlgorithms, macs, '', { files: status })).toEqual(['undetermined']);
    expect(await outcomeWithoutSshd(sshdAlgorithms, macs)).toBe('not-applicable');
  });

  test('a short RSA host key, and one that could not be read', async () => {
    const sshd = await sshdWith('');
    const keys = [
      { path: '/k/rsa', type: 'ssh-rsa', bits: 2048 },
      { path: '/k/ed', type: 'ssh-ed25519', bits: 256 },
      { path: '/k/unread', type: null, bits: null },
    ];
    const params = { option: 'HostKeyAlgorithms', weak: ['ssh-rsa'], meaning: 'm', rsaBits: 3072 };
    const verdicts = evaluate(sshdAlgorithms, { sshd: serversWith(sshd, { hostKeys: keys }) }, params);
    expect(verdicts.map(({ outcome, subject }) => [outcome, subject])).toEqual([
      ['pass', 'sshd'],
      ['fail', 'sshd /k/rsa'],
      ['undetermined', 'sshd /k/unread'],
    ]);
  });

  test.each([
    ['', 'MACs -hmac-sha1-etm@openssh.com,hmac-sha1'],
    ['MACs +hmac-sha1-x\n', 'MACs -hmac-sha1-etm@openssh.com,hmac-sha1,hmac-sha1-x'],
    // Taken from the default, the rest of the default would come back with its weak part.
    ['MACs hmac-sha2-256,hmac-sha1\n', 'MACs hmac-sha2-256'],
    ['MACs -umac*,hmac-sha1,hmac-sha2-256*\n', 'MACs hmac-sha2-512-etm@openssh.com,hmac-sha2-512'],
    ['MACs hmac-sha1\n', 'MACs -*sha1*'],
  ])('%j: the fix leaves nothing weak', async (text, setting) => {
    const sshd = await sshdWith(text);
    expect(evaluate(sshdAlgorithms, { sshd }, macs)).toMatchObject([{ data: { setting } }]);
    expect(await outcomesOf(sshdAlgorithms, macs, `${setting}\n`)).toEqual(['pass']);
  });

  test('a drop-in of a project that does not set it is not judged', async () => {
    const sshd = fragmentOf(await sshdWith(''));
    expect(evaluate(sshdAlgorithms, { sshd }, macs)).toMatchObject([{ outcome: 'not-applicable' }]);
  });

  test('what looks right proves nothing where something was not read', async () => {
    const sshd = serversWith(await sshdWith('MACs hmac-sha2-256\n'), {
      incomplete: 'z.conf may not be read',
    });
    expect(evaluate(sshdAlgorithms, { sshd }, macs)).toMatchObject([{ outcome: 'undetermined' }]);
  });
});
