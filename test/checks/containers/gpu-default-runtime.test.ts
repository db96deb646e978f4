import { expect, test } from '@jest/globals';
import { gpuDefaultRuntime } from '../../../src/checks/containers/gpu-default-runtime.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { engine } from '../../harness/docker-workload.ts';

const installed = { file: 'f' };
const option = (value: unknown) => ({ value, source: '/etc/docker/daemon.json', line: 2 });
const renamed = {
  'default-runtime': option('gpu'),
  runtimes: option({ gpu: { path: '/usr/bin/nvidia-container-runtime' } }),
};

test.each([
  ['pass', engine, installed],
  ['fail', { ...engine, defaultRuntime: 'nvidia' }, installed],
  ['fail', { ...engine, defaultRuntime: 'gpu', options: renamed }, installed],
  ['undetermined', { ...engine, defaultRuntime: null }, installed],
  ['not-applicable', { ...engine, defaultRuntime: null }, null],
  ['not-applicable', engine, null],
  ['not-applicable', null, installed],
])('gpu-default-runtime: %s', (outcome, given, toolkit) => {
  expect(evaluate(gpuDefaultRuntime, { engines: given === null ? [] : [given], toolkit })).toMatchObject([
    { outcome },
  ]);
});
