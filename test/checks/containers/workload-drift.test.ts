import { describe, expect, test } from '@jest/globals';
import { workloadDrift } from '../../../src/checks/containers/workload-drift.ts';
import type { Definition, Workload } from '../../../src/facts/workloads/workload.ts';
import { workload } from '../../harness/docker-workload.ts';
import { evaluate } from '../../harness/evaluate.ts';

const described = (changes: Partial<Workload> = {}): Definition => ({
  files: ['/srv/compose.yml'],
  because: null,
  service: {
    ...workload('one'),
    ...{
      source: 'compose',
      state: 'declared',
      places: new Map([['workload', { file: '/srv/compose.yml', line: 2, column: 3 }]]),
    },
    ...changes,
  },
});

const door = (hostAddress: string, hostPort: number) =>
  ({ proto: 'tcp', hostAddress, hostPort, containerPort: 80, active: true }) as const;

const judge = (definition: Definition | undefined) =>
  evaluate(workloadDrift, {
    workloads: [
      {
        ...workload('one'),
        ...(definition?.files[0] === 'four' ? { publishes: [door('0.0.0.0', 80)] } : {}),
        ...(definition === undefined ? {} : { definition }),
      },
    ],
  });

describe('workload-drift', () => {
  test.each<[string, string, Definition | undefined]>([
    ['pass', 'the same', described()],
    ['fail', 'another image', described({ image: { ...workload('one').image, reference: 'bb:2' } })],
    ['fail', 'not privileged here, and there', described({ privileged: true })],
    ['fail', 'another user', described({ user: '1000' })],
    ['fail', 'a limit', described({ limits: { memoryBytes: 1, cpus: null, pids: null } })],
    ['pass', 'what is left to the image', described({ user: '' })],
    ['fail', 'a device', described({ deviceRules: ['b *:* rwm'] })],
    [
      'pass',
      'both wildcards',
      { ...described({ publishes: [door('0.0.0.0', 80), door('::', 80)] }), files: ['four'] },
    ],
    ['pass', 'a port that the engine chose', described({ publishes: [door('0.0.0.0', 0)] })],
    ['fail', 'a port', described({ publishes: [door('0.0.0.0', 81)] })],
    ['not-applicable', 'nobody’s file', undefined],
    ['undetermined', 'its file is gone', { files: ['/srv/x'], service: null, because: 'it is gone' }],
    [
      'undetermined',
      'a setting is left open',
      described({ unsettled: new Map([['privileged', 'compose.yml:3 leaves it to P']]) }),
    ],
  ])('%s: %s', (outcome, _, definition) => {
    expect(judge(definition)).toMatchObject([{ outcome, subject: 'one' }]);
  });

  test('what differs is named, and put right in the file', () => {
    expect(judge(described({ privileged: true, user: '7' }))).toMatchObject([
      { variant: 'compose', data: { file: '/srv/compose.yml', settings: 'user, privileged' } },
    ]);
  });
});
