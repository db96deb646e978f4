import { describe, expect, test } from '@jest/globals';
import { workloadPropagation } from '../../../src/checks/containers/workload-propagation.ts';
import { service } from '../../harness/compose.ts';
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

  test.each([
    ['compose.yml', 6, 'volumes:\n  - /a:/a\n  - /srv:/srv:rshared'],
    [
      'compose.yml',
      10,
      'volumes:\n  - /a:/a\n  - type: bind\n    source: /srv\n    target: /srv\n    bind:\n      propagation: shared',
    ],
  ])('%s:%d is where a volume says so', async (source, line, lines) => {
    const verdicts = evaluate(workloadPropagation, { workloads: [await service(lines)] });
    expect(verdicts).toMatchObject([{ outcome: 'fail', evidence: [{ source, line }] }]);
  });

  test('not-applicable without containers', () => {
    expect(evaluate(workloadPropagation, { workloads: [] })).toMatchObject([{ outcome: 'not-applicable' }]);
  });
});
