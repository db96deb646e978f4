import { describe, expect, test } from '@jest/globals';
import { workloadCapability } from '../../../src/checks/containers/workload-capability.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { workload } from '../../harness/docker-workload.ts';
import { kernelTruth } from '../../harness/kernel-truth.ts';

describe('workload-capability', () => {
  test.each([
    ['pass', ['SYS_ADMIN'], {}, {}],
    ['pass', ['NET_RAW'], { CapDrop: ['ALL'] }, {}],
    ['fail', ['NET_RAW'], {}, { message: 'kept', data: { capabilities: 'NET_RAW' } }],
    [
      'fail',
      ['SYS_ADMIN', 'BPF'],
      { CapAdd: ['CAP_BPF'] },
      { message: 'added', data: { capabilities: 'BPF' } },
    ],
    ['fail', ['SYS_ADMIN'], { CapAdd: ['ALL'] }, { message: 'added' }],
    ['fail', ['SYS_ADMIN'], { Privileged: true }, { message: 'privileged' }],
  ])('%s: %j with %j', (outcome, capabilities, host, more) => {
    const params = { capabilities, meaning: 'bad' };
    const [verdict] = evaluate(workloadCapability, { workloads: [workload('x', { host })] }, params);
    expect(verdict).toMatchObject({ outcome, subject: 'x', ...more });
  });

  test('not-applicable without containers', () => {
    const params = { capabilities: ['BPF'], meaning: 'bad' };
    expect(evaluate(workloadCapability, { workloads: [] }, params)).toMatchObject([
      { outcome: 'not-applicable' },
    ]);
  });
});

describe('workload-capability and the kernel', () => {
  const kept = { CapDrop: ['ALL'] };
  test.each([
    ['pass', kept, { effective: [], bounding: [] }],
    ['fail', kept, { effective: [], bounding: ['SYS_ADMIN'] }],
    ['fail', kept, { effective: ['SYS_ADMIN'], bounding: [] }],
    // What was configured is there again after the next start.
    ['fail', { CapAdd: ['SYS_ADMIN'] }, { effective: [], bounding: [] }],
  ])('%s: %j, kernel %j', (outcome, host, has) => {
    const workloads = [{ ...workload('x', { host }), kernel: kernelTruth(has) }];
    const params = { capabilities: ['SYS_ADMIN'], meaning: 'bad' };
    expect(evaluate(workloadCapability, { workloads }, params)).toMatchObject([{ outcome, subject: 'x' }]);
  });
});
