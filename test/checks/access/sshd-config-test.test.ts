import { describe, expect, test } from '@jest/globals';
import { sshdConfigTest } from '../../../src/checks/access/sshd-config-test.ts';
import { known, unknown } from '../../../src/host/evidence.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { outcomeWithoutSshd, serversWith, sshdConfig, sshdWith } from '../../harness/sshd.ts';

describe('sshd-config-test', () => {
  const line = `${sshdConfig}: line 3: Bad configuration option: Foo`;

  test.each([
    ['pass', known('', 'sshd -t')],
    ['fail', known(line, 'sshd -t')],
    ['undetermined', unknown('denied', 'run as root', 'sshd -t')],
  ])('%s', async (outcome, answer) => {
    const sshd = serversWith(await sshdWith(''), { test: answer });
    expect(evaluate(sshdConfigTest, { sshd })).toMatchObject([{ outcome }]);
  });

  test('the line that sshd names is the evidence', async () => {
    const sshd = serversWith(await sshdWith(''), { test: known(line, 'sshd -t') });
    const [verdict] = evaluate(sshdConfigTest, { sshd });
    expect(verdict).toMatchObject({ evidence: [{ source: sshdConfig, line: 3 }] });
  });

  test('no sshd is nothing to judge', async () => {
    expect(await outcomeWithoutSshd(sshdConfigTest, {})).toBe('not-applicable');
  });

  test.each(['file', 'fragment'] as const)('the %s of a project is not judged', async (kind) => {
    const sshd = serversWith(await sshdWith(''), { kind, test: known(line, 'sshd -t') });
    expect(evaluate(sshdConfigTest, { sshd })).toMatchObject([{ outcome: 'not-applicable' }]);
  });
});
