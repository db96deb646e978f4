import { describe, expect, test } from '@jest/globals';
import { workloadFlag } from '../../../src/checks/containers/workload-flag.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { workload } from '../../harness/docker-workload.ts';

const check = { Healthcheck: { Test: ['CMD', 'true'] } };
const none = { Healthcheck: { Test: ['NONE'] } };
const always = { RestartPolicy: { Name: 'always' } };

describe('workload-flag', () => {
  test.each([
    ['capabilities-kept', 'fail', {}],
    ['capabilities-kept', 'fail', { host: { CapDrop: ['NET_RAW'] } }],
    ['capabilities-kept', 'fail', { host: { CapDrop: ['ALL'], Privileged: true } }],
    ['capabilities-kept', 'fail', { host: { CapDrop: ['ALL'], CapAdd: ['ALL'] } }],
    ['capabilities-kept', 'pass', { host: { CapDrop: ['all'] } }],
    ['writable-root', 'fail', {}],
    ['writable-root', 'pass', { host: { ReadonlyRootfs: true } }],
    ['unmasked-proc', 'pass', {}],
    ['unmasked-proc', 'fail', { host: { MaskedPaths: [], ReadonlyPaths: [] } }],
    ['unmasked-proc', 'fail', { host: { Privileged: true, MaskedPaths: null } }],
    ['no-healthcheck', 'fail', {}],
    ['no-healthcheck', 'fail', { config: none }],
    ['no-healthcheck', 'pass', { config: check }],
    ['restart-unbounded', 'pass', {}],
    ['restart-unbounded', 'fail', { host: always }],
    ['restart-unbounded', 'fail', { host: always, config: none }],
    ['restart-unbounded', 'pass', { host: always, config: check }],
    ['default-bridge', 'fail', {}],
    ['default-bridge', 'pass', { network: { Networks: { stack: {} } } }],
    ['default-bridge', 'pass', { network: { Networks: {} } }],
  ])('%s: %s %j', (flag, outcome, changes) => {
    const [verdict] = evaluate(workloadFlag, { workloads: [workload('x', changes)] }, { flag });
    expect(verdict).toMatchObject({
      outcome,
      subject: 'x',
      ...(outcome === 'fail' ? { message: flag } : {}),
    });
  });

  test.each(['no-healthcheck', 'restart-unbounded'])('%s: what only the image says is not known', (flag) => {
    const workloads = [{ ...workload('x', { host: always }), state: 'declared' }];
    expect(evaluate(workloadFlag, { workloads }, { flag })).toMatchObject([
      { outcome: 'undetermined', subject: 'x' },
    ]);
  });

  test('not-applicable without containers', () => {
    const params = { flag: 'writable-root' };
    expect(evaluate(workloadFlag, { workloads: [] }, params)).toMatchObject([{ outcome: 'not-applicable' }]);
  });
});

test.each(['no-healthcheck', 'restart-unbounded'])(
  '%s: what Podman’s database holds is not known',
  (flag) => {
    const workloads = [{ ...workload('x'), source: 'podman', unseen: ['healthcheck', 'restart'] }];
    expect(evaluate(workloadFlag, { workloads }, { flag })).toMatchObject([{ outcome: 'undetermined' }]);
  },
);
