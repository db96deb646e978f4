import { describe, expect, test } from '@jest/globals';
import { diskUsage } from '../../../src/checks/host/disk-usage.ts';
import { evaluate } from '../../harness/evaluate.ts';

const disk = (mountPoint: string, usedPercent: number) => ({
  mountPoint,
  device: '/dev/sda1',
  usedPercent,
  freeBytes: 1024 ** 3,
});

describe('disk-usage', () => {
  test.each([
    ['pass', [disk('/', 85)]],
    ['fail', [disk('/', 86)]],
    ['not-applicable', []],
  ])('%s', (outcome, disks) => {
    expect(evaluate(diskUsage, { disks }, { maxUsedPercent: 85 })).toMatchObject([{ outcome }]);
  });

  test('each file system is judged', () => {
    const verdicts = evaluate(
      diskUsage,
      { disks: [disk('/', 10), disk('/srv/models', 99)] },
      { maxUsedPercent: 85 },
    );
    expect(verdicts).toMatchObject([
      { outcome: 'pass' },
      { outcome: 'fail', subject: '/srv/models', data: { free: '1.0' } },
    ]);
  });
});
