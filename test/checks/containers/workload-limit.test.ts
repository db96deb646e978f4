import { describe, expect, test } from '@jest/globals';
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

  test('not-applicable without containers', () => {
    const verdicts = evaluate(workloadLimit, { workloads: [] }, { resource: 'cpu' });
    expect(verdicts).toMatchObject([{ outcome: 'not-applicable' }]);
  });
});
