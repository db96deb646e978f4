import { describe, expect, test } from '@jest/globals';
import { gpuSharing } from '../../../src/checks/host/gpu-sharing.ts';
import { unknown } from '../../../src/host/evidence.ts';
import { workload } from '../../harness/docker-workload.ts';
import { evaluate } from '../../harness/evaluate.ts';

const two = { count: 2, nodes: [], nvidia: null };
const kfd = '/dev/kfd';
const render = (number: number) => `/dev/dri/renderD${String(number)}`;
const nodes = (name: string, ...paths: readonly string[]) =>
  workload(name, {
    host: {
      Devices: paths.map((path) => ({ PathOnHost: path, PathInContainer: path, CgroupPermissions: 'rwm' })),
    },
  });
const stat = { type: 'char', mode: 0o660, uid: 0, gid: 44, size: 0, mtime: 0 };
const amd = {
  count: 2,
  nodes: [128, 129].map((number) => ({ path: render(number), stat, vendor: '0x1002' })),
  nvidia: null,
};
const beside = (vendor: string | null) => ({
  count: 1,
  nodes: [
    { path: '/dev/nvidia0', stat, vendor: null },
    { path: render(128), stat, vendor },
  ],
  nvidia: null,
});
const one = { ...two, count: 1 };
const asks = (name: string, Count: number, DeviceIDs: readonly string[] = []) =>
  workload(name, { host: { DeviceRequests: [{ Count, DeviceIDs, Capabilities: [['gpu']] }] } });

describe('gpu-sharing', () => {
  test.each([
    ['fail', 'both have all', [asks('a', -1), asks('b', -1)], two],
    ['fail', 'all, and the first', [asks('a', -1), asks('b', 0, ['0'])], two],
    // `count: 1` is the first card, for every container anew.
    ['fail', 'one each, by number', [asks('a', 1), asks('b', 1)], two],
    ['pass', 'one each, by name', [asks('a', 0, ['0']), asks('b', 0, ['1'])], two],
    ['pass', 'instances of one card', [asks('a', 0, ['0:0']), asks('b', 0, ['0:1'])], two],
    ['fail', 'the same instance', [asks('a', 0, ['MIG-1']), asks('b', 0, ['MIG-1'])], two],
    ['fail', 'all, and one by its UUID', [asks('a', -1), asks('b', 0, ['GPU-5f'])], two],
    ['undetermined', 'by number and by UUID', [asks('a', 0, ['0']), asks('b', 0, ['GPU-5f'])], two],
    ['pass', 'two UUIDs', [asks('a', 0, ['GPU-5e']), asks('b', 0, ['GPU-5f'])], two],
    [
      'fail',
      'whatever it is called, where there is one',
      [asks('a', 0, ['0']), asks('b', 0, ['GPU-5f'])],
      one,
    ],
    ['undetermined', 'a card and an instance', [asks('a', 0, ['0']), asks('b', 0, ['MIG-1'])], two],
    [
      'fail',
      'a UUID, and the same cut short',
      [asks('a', 0, ['GPU-5F1E']), asks('b', 0, ['GPU-5f1e22'])],
      two,
    ],
    ['undetermined', 'instances, by number and UUID', [asks('a', 0, ['0:0']), asks('b', 0, ['MIG-1'])], two],
    ['fail', 'CDI’s name and the number', [asks('a', 0, ['nvidia.com/gpu=gpu0']), asks('b', 0, ['0'])], two],
    ['undetermined', 'by bus', [asks('a', 0, ['0000:65:00.0']), asks('b', 0, ['GPU-5f'])], two],
    ['pass', 'AMD’s, each its node', [nodes('a', kfd, render(128)), nodes('b', kfd, render(129))], amd],
    ['fail', 'AMD’s, the same node', [nodes('a', kfd, render(128)), nodes('b', kfd, render(128))], amd],
    ['pass', 'NVIDIA’s, and Intel’s', [asks('a', -1), nodes('b', render(128))], beside('0x8086')],
    [
      'undetermined',
      'NVIDIA’s, and its node perhaps',
      [asks('a', -1), nodes('b', render(128))],
      beside('0x10de'),
    ],
    [
      'undetermined',
      'NVIDIA’s, and whose node',
      [asks('a', 0, ['0']), nodes('b', render(128))],
      beside(null),
    ],
    ['not-applicable', 'one alone', [asks('a', -1), workload('b')], two],
    [
      'not-applicable',
      'the other does not run',
      [asks('a', -1), { ...asks('b', -1), state: 'stopped' }],
      two,
    ],
    ['undetermined', 'who knows how many', [asks('a', -1), asks('b', -1)], unknown('denied', 'no', '/dev')],
    [
      'undetermined',
      'one does not say',
      [asks('a', 0, ['1']), { ...asks('b', 1), gpu: { count: 0, ids: [], by: 'runtime' } }],
      two,
    ],
  ])('%s: %s', (outcome, _, workloads, gpu) => {
    expect(evaluate(gpuSharing, { workloads, gpu })).toMatchObject([{ outcome }]);
  });
});
