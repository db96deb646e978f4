import { describe, expect, test } from '@jest/globals';
import { workloadNamespace } from '../../../src/checks/containers/workload-namespace.ts';
import { idOf } from '../../harness/docker-container.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { engine, workload } from '../../harness/docker-workload.ts';
import { kernelTruth } from '../../harness/kernel-truth.ts';

function judge(namespace: string, workloads: readonly unknown[], given: object = engine) {
  return evaluate(
    workloadNamespace,
    { workloads, engines: 'state' in given ? given : [given] },
    { namespace, meaning: 'bad' },
  );
}

describe('workload-namespace', () => {
  test.each([
    ['network', { NetworkMode: 'host' }],
    ['pid', { PidMode: 'host' }],
    ['ipc', { IpcMode: 'host' }],
    ['uts', { UTSMode: 'host' }],
    ['cgroup', { CgroupnsMode: 'host' }],
  ])('%s: pass and fail', (namespace, host) => {
    expect(judge(namespace, [workload('x'), workload('y', { host })])).toMatchObject([
      { outcome: 'pass', subject: 'x' },
      { outcome: 'fail', subject: 'y', message: 'own' },
    ]);
  });

  test('through other containers, by id and by name', () => {
    const a = workload('a', { host: { PidMode: 'host' } });
    const b = workload('b', { host: { PidMode: `container:${idOf('a')}` } });
    const c = workload('c', { host: { PidMode: 'container:b' } });
    expect(judge('pid', [c, b, a])).toMatchObject([
      { subject: 'c', outcome: 'fail', message: 'borrowed', data: { through: 'b and a', owner: 'a' } },
      { subject: 'b', outcome: 'fail', message: 'borrowed', data: { through: 'a' } },
      { subject: 'a', outcome: 'fail', message: 'own' },
    ]);
  });

  test('undetermined when the other container is gone, or they share in a circle', () => {
    const a = workload('a', { host: { PidMode: 'container:b' } });
    const b = workload('b', { host: { PidMode: 'container:a' } });
    expect(judge('pid', [a])).toMatchObject([{ outcome: 'undetermined' }]);
    expect(judge('pid', [a, b])).toMatchObject([{ outcome: 'undetermined' }, { outcome: 'undetermined' }]);
  });

  test('leaving a user mapping counts only where there is one', () => {
    const workloads = [workload('x', { host: { UsernsMode: 'host' } })];
    expect(judge('user', workloads)).toMatchObject([{ outcome: 'not-applicable' }]);
    expect(judge('user', workloads, { ...engine, userns: true })).toMatchObject([{ outcome: 'fail' }]);
  });

  test('a mere command line does not tell whose control groups the engine will show', () => {
    const x = workload('x');
    const workloads = [{ ...x, namespaces: { ...x.namespaces, cgroup: 'default' } }];
    expect(judge('cgroup', workloads)).toMatchObject([{ outcome: 'undetermined', subject: 'x' }]);
  });

  test('not-applicable without containers', () => {
    expect(judge('pid', [])).toMatchObject([{ outcome: 'not-applicable' }]);
  });
});

describe('workload-namespace and the kernel', () => {
  const judgeOne = (namespace: string, host: object, shares: object, given = engine as object) =>
    judge(
      namespace,
      [
        {
          ...workload('x', { host }),
          kernel: kernelTruth({ shares: { ...kernelTruth().shares, ...shares } }),
        },
      ],
      given,
    );

  test.each([
    ['network', 'pass', {}, {}],
    ['network', 'pass', {}, { network: null }],
    ['network', 'fail', {}, { network: true }],
    ['ipc', 'fail', { IpcMode: 'shareable' }, { ipc: true }],
    ['pid', 'fail', {}, { pid: true }],
    ['pid', 'fail', { PidMode: 'host' }, { pid: false }],
    // Whom it borrows from is gone; its own first process tells.
    ['pid', 'pass', { PidMode: 'container:gone' }, { pid: false }],
    ['pid', 'fail', { PidMode: 'container:gone' }, { pid: true }],
    ['pid', 'undetermined', { PidMode: 'container:gone' }, { pid: null }],
    ['user', 'not-applicable', {}, { user: true }],
  ])('%s: %s %j, kernel %j', (namespace, outcome, host, shares) => {
    expect(judgeOne(namespace, host, shares)).toMatchObject([{ outcome, subject: 'x' }]);
  });

  test('an engine that maps users, and a container that is not mapped', () => {
    expect(judgeOne('user', {}, { user: true }, { ...engine, userns: true })).toMatchObject([
      { outcome: 'fail', message: 'kernel' },
    ]);
  });
});

test('Podman maps nobody unless told: no user namespace to leave', () => {
  const podman = { ...workload('x'), source: 'podman' };
  expect(judge('user', [podman])).toMatchObject([{ outcome: 'not-applicable' }]);
});
