import { describe, expect, test } from '@jest/globals';
import { sshdUsersUnrestricted } from '../../../src/checks/access/sshd-users-unrestricted.ts';
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

describe('sshd-users-unrestricted', () => {
  test.each([
    ['fail', ''],
    ['fail', 'AllowUsers *\n'],
    ['fail', 'Match User op\nAllowUsers op\n'],
    ['pass', 'AllowUsers op\n'],
    ['pass', 'AllowGroups ssh\n'],
  ])('%s %j', async (outcome, text) => {
    expect(await outcomesOf(sshdUsersUnrestricted, {}, text)).toEqual([outcome]);
  });
  test.each([
    ['AllowUsers *\n', 'sshd'],
    ['AllowUsers op\nMatch Address 10.0.0.0/8\nAllowUsers *\n', 'sshd: Match Address 10.0.0.0/8'],
  ])('%j: a list of everybody is to be changed, not added to', async (text, subject) => {
    const sshd = await sshdWith(text);
    expect(evaluate(sshdUsersUnrestricted, { sshd })).toMatchObject([
      { outcome: 'fail', message: 'everybody', subject, data: { option: 'AllowUsers', target: sshdConfig } },
    ]);
  });

  test('undetermined and not-applicable', async () => {
    expect(await outcomesOf(sshdUsersUnrestricted, {}, 'Include z.conf\n', unreadInclude)).toEqual([
      'undetermined',
    ]);
    expect(await outcomeWithoutSshd(sshdUsersUnrestricted, {})).toBe('not-applicable');
  });

  test('a drop-in of a project that does not set it is not judged', async () => {
    const sshd = fragmentOf(await sshdWith(''));
    expect(evaluate(sshdUsersUnrestricted, { sshd }, {})).toMatchObject([{ outcome: 'not-applicable' }]);
  });

  test('what looks right proves nothing where something was not read', async () => {
    const sshd = serversWith(await sshdWith('AllowUsers op\n'), { incomplete: 'z.conf may not be read' });
    expect(evaluate(sshdUsersUnrestricted, { sshd }, {})).toMatchObject([{ outcome: 'undetermined' }]);
  });
});
