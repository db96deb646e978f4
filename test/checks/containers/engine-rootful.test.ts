import { expect, test } from '@jest/globals';
import { engineRootful } from '../../../src/checks/containers/engine-rootful.ts';
import { engine } from '../../harness/docker-workload.ts';
import { evaluate } from '../../harness/evaluate.ts';

test.each([
  ['fail', engine],
  ['fail', { ...engine, cgroupVersion: null, swarm: null }],
  ['pass', { ...engine, rootless: true }],
  ['not-applicable', { ...engine, swarm: true }],
  ['not-applicable', { ...engine, cgroupVersion: '1' }],
  ['not-applicable', null],
  ['undetermined', { ...engine, rootless: null }],
])('engine-rootful: %s', (outcome, given) => {
  expect(evaluate(engineRootful, { engines: given === null ? [] : [given] })).toMatchObject([{ outcome }]);
});
