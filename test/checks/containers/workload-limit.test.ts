import { describe, expect, test } from '@jest/globals';
import { renderMessage } from '../../../src/engine/template.ts';
import { workloadLimit } from '../../../src/checks/containers/workload-limit.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { workload } from '../../harness/docker-workload.ts';

describe('workload-limit', () => {
  test.each([
    ['memory', 'fail', {}],
    ['memory', 'pass', { Memory: 1 << 26 }],
    ['cpu', 'fail', { CpuShares: 2 }],
    ['cpu', 'pass', { CpuQuota: 50_000 }],
    ['cpu', 'pass', { CpusetCpus: '0' }],
    ['cpu', 'pass', { NanoCpus: 1 }],
    ['pids', 'fail', { PidsLimit: -1 }],
    ['pids', 'fail', { PidsLimit: 0 }],
    ['pids', 'pass', { PidsLimit: 100 }],
  ])('%s: %s %j', (resource, outcome, host) => {
    const [verdict] = evaluate(workloadLimit, { workloads: [workload('x', { host })] }, { resource });
    expect(verdict).toMatchObject({ outcome, subject: 'x' });
  });

  test.each([
    ['memory', 'fail', { Memory: 2 ** 33 }, '8.0 GiB of memory'],
    ['memory', 'pass', { Memory: 2 ** 33 - 1 }, ''],
    ['cpu', 'fail', { NanoCpus: 4e9 }, '(4)'],
    ['cpu', 'fail', { CpusetCpus: '0-3' }, '(4)'],
    ['cpu', 'pass', { NanoCpus: 4e9, CpusetCpus: '0,2' }, ''],
    ['cpu', 'pass', { NanoCpus: 39e8 }, ''],
    ['pids', 'fail', { PidsLimit: 32_768 }, '32768 processes'],
    ['pids', 'pass', { PidsLimit: 32_767 }, ''],
  ])('%s: a host of 8 GiB, 4 processors and 32768 tasks: %s %j', (resource, outcome, host, words) => {
    const capacity = { memory: 2 ** 33, processors: 4, tasks: 32_768 };
    const [verdict] = evaluate(
      workloadLimit,
      { workloads: [workload('x', { host })], capacity },
      { resource },
    );
    expect(verdict).toMatchObject({ outcome });
    if (verdict?.outcome === 'fail')
      expect(renderMessage(workloadLimit.messages[verdict.message] ?? '', verdict.data)).toContain(words);
  });

  test('not-applicable without containers', () => {
    const verdicts = evaluate(workloadLimit, { workloads: [] }, { resource: 'cpu' });
    expect(verdicts).toMatchObject([{ outcome: 'not-applicable' }]);
  });
});
