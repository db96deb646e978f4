import { describe, expect, test } from '@jest/globals';
import { sshdDrift } from '../../../src/checks/access/sshd-drift.ts';
import { known, unknown } from '../../../src/host/evidence.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { outcomeWithoutSshd, serversWith, sshdConfig, sshdWith } from '../../harness/sshd.ts';

describe('sshd-drift', () => {
  const source = '/proc/7/stat';
  const changed = [{ path: sshdConfig, mtime: 6 }];

  test.each([
    ['pass', 'nothing changed', known({ loadedAt: 5, changed: [], reloadSeen: true }, source)],
    ['fail', 'changed since', known({ loadedAt: 5, changed, reloadSeen: true }, source)],
    [
      'undetermined',
      'changed, and a reload would not show',
      known({ loadedAt: 5, changed, reloadSeen: false }, source),
    ],
    ['undetermined', 'not seen', unknown('unsupported', 'no', source)],
  ])('%s: %s', async (outcome, _, drift) => {
    const sshd = serversWith(await sshdWith(''), { drift });
    expect(evaluate(sshdDrift, { sshd })).toMatchObject([{ outcome }]);
  });

  test('no sshd is nothing to judge', async () => {
    expect(await outcomeWithoutSshd(sshdDrift, {})).toBe('not-applicable');
  });

  test.each(['socket', 'file', 'fragment'] as const)('%s: nothing runs that could be stale', async (kind) => {
    const drift = known({ loadedAt: 5, changed, reloadSeen: true }, source);
    const sshd = serversWith(await sshdWith(''), { kind, drift });
    expect(evaluate(sshdDrift, { sshd })).toMatchObject([{ outcome: 'not-applicable' }]);
  });
});
