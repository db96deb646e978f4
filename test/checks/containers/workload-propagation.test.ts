import { describe, expect, test } from '@jest/globals';
import { workloadPropagation } from '../../../src/checks/containers/workload-propagation.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { workload } from '../../harness/docker-workload.ts';

describe('workload-propagation', () => {
  test.each([
    ['pass', 'rprivate'],
    ['pass', 'rslave'],
    ['pass', ''],
    ['fail', 'shared'],
    ['fail', 'rshared'],
  ])('%s: %s', (outcome, Propagation) => {
    const mounts = [{ Type: 'bind', Source: '/srv', Destination: '/srv', RW: true, Propagation }];
    const verdicts = evaluate(workloadPropagation, { workloads: [workload('x', { mounts })] });
    expect(verdicts).toMatchObject([{ outcome }]);
  });

  test('not-applicable without containers', () => {
    expect(evaluate(workloadPropagation, { workloads: [] })).toMatchObject([{ outcome: 'not-applicable' }]);
  });
});
