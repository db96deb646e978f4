import { describe, expect, test } from '@jest/globals';
import { workloadCapability } from '../../../src/checks/containers/workload-capability.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { workload } from '../../harness/docker-workload.ts';

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
