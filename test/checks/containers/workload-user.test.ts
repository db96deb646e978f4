import { describe, expect, test } from '@jest/globals';
import { workloadUser } from '../../../src/checks/containers/workload-user.ts';
import { knownInPart, unknown } from '../../../src/host/evidence.ts';
import { idOf } from '../../harness/docker-container.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { engine, workload } from '../../harness/docker-workload.ts';

const unseen = unknown('denied', 'no', '/proc');
const process = (uid: number) => [{ pid: 7, name: 'x', uid, containerId: idOf('x') }];

describe('workload-user', () => {
  test.each([
    ['fail', '', engine, unseen],
    ['fail', '0', engine, unseen],
    ['fail', '00', engine, unseen],
    ['fail', '+0', engine, unseen],
    ['fail', '0:0', engine, unseen],
    ['fail', 'root:staff', engine, unseen],
    ['pass', '1000', engine, unseen],
    ['pass', 'node', engine, unseen],
    ['pass', '1000:0', engine, unseen],
    ['pass', '', { ...engine, userns: true }, unseen],
    ['pass', '', { ...engine, rootless: true }, unseen],
    ['fail', '', unseen, unseen],
    ['pass', '', engine, process(999)],
    ['undetermined', '', engine, process(Number.NaN)],
    ['undetermined', '', engine, knownInPart(process(999), '/proc', ['one may not be read'])],
    ['fail', '', engine, process(0)],
    ['fail', 'app', engine, process(0)],
  ])('%s: user "%s"', (outcome, User, given, processes) => {
    const facts = {
      workloads: [workload('x', { config: { User } })],
      engines: 'state' in given ? given : [given],
      processes,
    };
    expect(evaluate(workloadUser, facts)).toMatchObject([{ outcome, subject: 'x' }]);
  });

  test('what user the image brings is not known before it is there', () => {
    const facts = {
      workloads: [{ ...workload('x'), state: 'declared' }],
      engines: [engine],
      processes: unseen,
    };
    expect(evaluate(workloadUser, facts)).toMatchObject([{ outcome: 'undetermined', subject: 'x' }]);
  });

  test('Docker’s mapping is not Podman’s', () => {
    const workloads = [workload('x', { config: { User: '0' } })].map((one) => ({ ...one, source: 'podman' }));
    const facts = { workloads, engines: [{ ...engine, rootless: true }], processes: unseen };
    expect(evaluate(workloadUser, facts)).toMatchObject([{ outcome: 'fail' }]);
  });

  test('opting out of the mapping is root again', () => {
    const workloads = [workload('x', { host: { UsernsMode: 'host' } })];
    const facts = { workloads, engines: [{ ...engine, userns: true }], processes: unseen };
    expect(evaluate(workloadUser, facts)).toMatchObject([{ outcome: 'fail' }]);
  });

  test('not-applicable without containers', () => {
    const facts = { workloads: [], engines: [engine], processes: unseen };
    expect(evaluate(workloadUser, facts)).toMatchObject([{ outcome: 'not-applicable' }]);
  });
});

describe('workload-user and Podman', () => {
  const podman = { ...workload('x', { config: { User: '0' } }), source: 'podman' } as const;
  test.each([
    ['fail', false],
    ['pass', true],
  ])('%s: its settings map root: %j', (outcome, mapsRoot) => {
    const facts = { workloads: [{ ...podman, mapsRoot }], engines: [], processes: unseen };
    expect(evaluate(workloadUser, facts)).toMatchObject([{ outcome }]);
  });
});
