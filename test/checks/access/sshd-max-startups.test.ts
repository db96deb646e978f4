import { describe, expect, test } from '@jest/globals';
import { sshdMaxStartups } from '../../../src/checks/access/sshd-max-startups.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { fragmentOf, outcomesOf, outcomeWithoutSshd, serversWith, sshdWith } from '../../harness/sshd.ts';

describe('sshd-max-startups', () => {
  const params = { full: 100, recommended: '10:30:60' };
  test.each([
    ['pass', ''],
    ['pass', 'MaxStartups 10:30:60\n'],
    ['fail', 'MaxStartups 10\n'],
    ['fail', 'MaxStartups 10:30:1000\n'],
    ['undetermined', 'MaxStartups many\n'],
  ])('%s %j', async (outcome, text) => {
    expect(await outcomesOf(sshdMaxStartups, params, text)).toEqual([outcome]);
  });
  test('not-applicable', async () => {
    expect(await outcomeWithoutSshd(sshdMaxStartups, params)).toBe('not-applicable');
  });

  test('a drop-in of a project that does not set it is not judged', async () => {
    const sshd = fragmentOf(await sshdWith(''));
    expect(evaluate(sshdMaxStartups, { sshd }, params)).toMatchObject([{ outcome: 'not-applicable' }]);
  });

  test('what looks right proves nothing where something was not read', async () => {
    const sshd = serversWith(await sshdWith('MaxStartups 10:30:60\n'), {
      incomplete: 'z.conf may not be read',
    });
    expect(evaluate(sshdMaxStartups, { sshd }, params)).toMatchObject([{ outcome: 'undetermined' }]);
  });
});
