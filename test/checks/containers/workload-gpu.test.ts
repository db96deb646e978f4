import { describe, expect, test } from '@jest/globals';
import { workloadGpu } from '../../../src/checks/containers/workload-gpu.ts';
import { unknown } from '../../../src/host/evidence.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { workload } from '../../harness/docker-workload.ts';

const two = { count: 2, nodes: [], nvidia: null };
const request = (Count: number) => ({ DeviceRequests: [{ Count, Capabilities: [['gpu']] }] });

describe('workload-gpu', () => {
  test.each([
    ['every-device', 'fail', request(-1), two],
    ['every-device', 'pass', request(1), two],
    ['every-device', 'not-applicable', request(-1), { ...two, count: 1 }],
    ['every-device', 'undetermined', request(-1), unknown('denied', 'no', '/dev')],
    ['every-device', 'not-applicable', {}, two],
    ['excess', 'pass', request(1), two],
    ['excess', 'fail', { ...request(1), Privileged: true }, two],
    ['excess', 'fail', { ...request(1), CapAdd: ['SYS_ADMIN'] }, two],
    ['excess', 'fail', { ...request(1), PidMode: 'host' }, two],
    ['excess', 'not-applicable', { Privileged: true }, two],
  ])('%s: %s %j', (what, outcome, host, gpu) => {
    const given = { workloads: [workload('x', { host })], gpu };
    expect(evaluate(workloadGpu, given, { what })).toMatchObject([{ outcome }]);
  });
});
