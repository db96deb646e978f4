import { describe, expect, test } from '@jest/globals';
import { sshdMatchWeakens } from '../../../src/checks/access/sshd-match-weakens.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { outcomesOf, outcomeWithoutSshd, serversWith, sshdWith, unreadInclude } from '../../harness/sshd.ts';

describe('sshd-match-weakens', () => {
  const params = { options: [{ option: 'X11Forwarding', order: ['no', 'yes'] }] };
  test.each([
    ['fail', 'X11Forwarding no\nMatch User op\nX11Forwarding yes\n'],
    ['pass', 'X11Forwarding yes\nMatch User op\nX11Forwarding no\n'],
    ['not-applicable', 'X11Forwarding yes\n'],
  ])('%s', async (outcome, text) => {
    expect(await outcomesOf(sshdMatchWeakens, params, text)).toEqual([outcome]);
  });
  test('undetermined', async () => {
    expect(await outcomesOf(sshdMatchWeakens, params, 'Include z.conf\n', unreadInclude)).toEqual([
      'undetermined',
    ]);
    expect(await outcomeWithoutSshd(sshdMatchWeakens, params)).toBe('not-applicable');
  });

  test('a value that nobody ranked is not the strongest', async () => {
    const text = 'X11Forwarding no\nMatch User op\nX11Forwarding maybe\n';
    expect(await outcomesOf(sshdMatchWeakens, params, text)).toEqual(['undetermined']);
  });

  test('a drop-in of a project whose global value stands elsewhere', async () => {
    const sshd = await sshdWith('Match User op\nX11Forwarding yes\n');
    const [server] = sshd.servers;
    const scopes = (server?.scopes ?? []).map((scope) =>
      scope.block === null ? { ...scope, options: new Map() } : scope,
    );
    const fragment = serversWith(sshd, { kind: 'fragment', scopes });
    expect(evaluate(sshdMatchWeakens, { sshd: fragment }, params)).toMatchObject([
      { outcome: 'undetermined' },
    ]);
  });

  test('what looks right proves nothing where something was not read', async () => {
    const sshd = serversWith(await sshdWith('X11Forwarding yes\nMatch User op\nX11Forwarding no\n'), {
      incomplete: 'z.conf may not be read',
    });
    expect(evaluate(sshdMatchWeakens, { sshd }, params)).toMatchObject([{ outcome: 'undetermined' }]);
  });
});
