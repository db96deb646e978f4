import { describe, expect, test } from '@jest/globals';
import { workloadGpu } from '../../../src/checks/containers/workload-gpu.ts';
import { unknown } from '../../../src/host/evidence.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { workload } from '../../harness/docker-workload.ts';

const two = { count: 2, nodes: [], nvidia: null };
const stat = { type: 'char', mode: 0o660, uid: 0, gid: 44, size: 0, mtime: 0 };
/** One card of NVIDIA, and what the processor has. */
const besideAnother = {
  count: 2,
  nodes: ['/dev/nvidia0', '/dev/dri/renderD128', '/dev/dri/renderD129'].map((path) => ({ path, stat })),
  nvidia: null,
};
const amd = { ...besideAnother, nodes: besideAnother.nodes.slice(1) };
const nodes = (...paths: readonly string[]) => ({
  Devices: paths.map((path) => ({ PathOnHost: path, PathInContainer: path, CgroupPermissions: 'rwm' })),
});
const ids = (...DeviceIDs: readonly string[]) => ({
  DeviceRequests: [{ DeviceIDs, Capabilities: [['gpu']] }],
});
const request = (Count: number) => ({ DeviceRequests: [{ Count, Capabilities: [['gpu']] }] });

describe('workload-gpu', () => {
  test.each([
    ['every-device', 'fail', request(-1), two],
    ['every-device', 'pass', request(1), two],
    ['every-device', 'not-applicable', request(-1), { ...two, count: 1 }],
    ['every-device', 'undetermined', request(-1), unknown('denied', 'no', '/dev')],
    ['every-device', 'not-applicable', {}, two],
    ['every-device', 'fail', request(2), two],
    ['every-device', 'pass', request(2), { ...two, count: 3 }],
    ['every-device', 'pass', request(2), unknown('denied', 'no', '/dev')],
    ['every-device', 'not-applicable', request(-1), besideAnother],
    ['every-device', 'fail', nodes('/dev/dri'), besideAnother],
    ['every-device', 'fail', nodes('/dev/dri/renderD128', '/dev/dri/renderD129'), besideAnother],
    ['every-device', 'pass', nodes('/dev/dri/renderD128'), besideAnother],
    ['every-device', 'fail', nodes('/dev/nvidia0', '/dev/nvidia1', '/dev/nvidiactl'), two],
    ['every-device', 'pass', ids('0:0', '0:1'), two],
    ['every-device', 'pass', ids('nvidia.com/gpu=mig0:0', 'nvidia.com/gpu=mig0:1'), two],
    ['every-device', 'pass', nodes('/dev/nvidia0', '/dev/dri/renderD128'), two],
    ['every-device', 'fail', ids('amd.com/gpu=0', 'amd.com/gpu=1'), amd],
    ['every-device', 'pass', ids('0', '0'), two],
    ['every-device', 'fail', ids('0', 'GPU-5f1e'), two],
    ['excess', 'pass', request(1), two],
    ['excess', 'fail', { ...request(1), Privileged: true }, two],
    ['excess', 'fail', { ...request(1), CapAdd: ['SYS_ADMIN'] }, two],
    ['excess', 'fail', { ...request(1), PidMode: 'host' }, two],
    ['excess', 'not-applicable', { Privileged: true }, two],
  ])('%s: %s %j', (what, outcome, host, gpu) => {
    const given = { workloads: [workload('x', { host })], gpu };
    expect(evaluate(workloadGpu, given, { what })).toMatchObject([{ outcome }]);
  });

  test('by the environment, as CDI names every card', () => {
    const Env = ['NVIDIA_VISIBLE_DEVICES=nvidia.com/gpu=all'];
    const given = { workloads: [workload('x', { host: { Runtime: 'nvidia' }, config: { Env } })], gpu: two };
    expect(evaluate(workloadGpu, given, { what: 'every-device' })).toMatchObject([{ outcome: 'fail' }]);
  });
});
