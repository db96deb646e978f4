import { describe, expect, test } from '@jest/globals';
import { gpuSharing } from '../../../src/checks/host/gpu-sharing.ts';
import { unknown } from '../../../src/host/evidence.ts';
import { workload } from '../../harness/docker-workload.ts';
import { evaluate } from '../../harness/evaluate.ts';

const two = { count: 2, nodes: [], nvidia: null };
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
