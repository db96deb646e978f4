import { expect, test } from '@jest/globals';
import { pass } from '../../../src/engine/check.ts';
import { eachWorkload } from '../../../src/facts/workloads/each-workload.ts';
import type { Workload } from '../../../src/facts/workloads/workload.ts';
import { workload } from '../../harness/docker-workload.ts';

interface Messages {
  readonly bad: 'bad';
}
const failing = (changes: Partial<Workload>) =>
  eachWorkload<Messages & Record<string, string>>([{ ...workload('x'), ...changes }], ({ name }) => [
    { outcome: 'fail', message: 'bad', subject: name, data: {}, evidence: [] },
  ])[0];

test.each<[string, Partial<Workload>, object]>([
  ['root’s Docker', {}, {}],
  ['a user’s Docker', { engine: '/run/user/1000/docker.sock' }, { variant: 'rootless', foreign: true }],
  ['root’s second Docker', { engine: '/run/second.sock' }, { variant: 'another', foreign: true }],
  ['Podman', { source: 'podman' }, { variant: 'podman', foreign: true }],
  ['a Swarm', { labels: { 'com.docker.swarm.service.name': 'web' } }, { variant: 'swarm', foreign: true }],
  ['a compose file', { source: 'compose' }, { variant: 'compose' }],
  ['a pod', { source: 'kubernetes' }, { variant: 'kubernetes' }],
])('what %s has is mended there', (_, changes, expected) => {
  const { variant, foreign } = failing(changes) as { variant?: string; foreign?: boolean };
  expect({ variant, foreign }).toEqual({ variant: undefined, foreign: undefined, ...expected });
});

test.each([
  [[], 'pass'],
  [['networks'], 'pass'],
  [['ports', 'networks'], 'undetermined'],
] as const)('a pass that stands on what its source does not hold (%j): %s', (unseen, outcome) => {
  const judged = { ...workload('x'), unseen };
  expect(
    eachWorkload<Messages & Record<string, string>>([judged], ({ name }) => [pass(name)], ['ports']),
  ).toMatchObject([{ outcome, subject: 'x' }]);
});
