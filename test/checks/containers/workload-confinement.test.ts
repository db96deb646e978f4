import { describe, expect, test } from '@jest/globals';
import { workloadConfinement } from '../../../src/checks/containers/workload-confinement.ts';
import { unknown } from '../../../src/host/evidence.ts';
import { service } from '../../harness/compose.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { engine, workload } from '../../harness/docker-workload.ts';
import { kernelTruth } from '../../harness/kernel-truth.ts';
import { deployment, readManifests } from '../../harness/manifests.ts';

const unheard = unknown('denied', 'no', '/run/docker.sock');
const option = (...SecurityOpt: string[]) => ({ SecurityOpt });

describe('workload-confinement', () => {
  test.each([
    ['no-new-privileges', 'fail', {}, engine],
    ['no-new-privileges', 'pass', option('no-new-privileges'), engine],
    ['no-new-privileges', 'fail', option('no-new-privileges:false'), { ...engine, noNewPrivileges: true }],
    ['no-new-privileges', 'pass', {}, { ...engine, noNewPrivileges: true }],
    ['no-new-privileges', 'undetermined', {}, { ...engine, noNewPrivileges: null }],
    ['no-new-privileges', 'undetermined', {}, unheard],
    ['seccomp', 'pass', {}, engine],
    ['seccomp', 'fail', option('seccomp=unconfined'), engine],
    ['seccomp', 'fail', option('seccomp={"defaultAction":"SCMP_ACT_ALLOW"}'), engine],
    ['seccomp', 'undetermined', option('seccomp={'), engine],
    ['seccomp', 'fail', { Privileged: true }, engine],
    [
      'seccomp',
      'fail',
      { Privileged: true, ...option('seccomp={"defaultAction":"SCMP_ACT_ERRNO"}') },
      engine,
    ],
    ['seccomp', 'fail', {}, { ...engine, seccomp: 'off' }],
    ['seccomp', 'fail', {}, { ...engine, seccomp: 'absent' }],
    ['seccomp', 'undetermined', {}, { ...engine, seccomp: 'unreadable' }],
    ['seccomp', 'undetermined', {}, unheard],
    ['apparmor', 'pass', {}, engine],
    ['apparmor', 'fail', option('apparmor=unconfined'), engine],
    ['apparmor', 'fail', { Privileged: true }, engine],
    ['apparmor', 'not-applicable', option('apparmor=unconfined'), { ...engine, appArmor: 'absent' }],
    ['apparmor', 'undetermined', {}, unheard],
    ['apparmor', 'fail', {}, { ...engine, appArmor: 'unused' }],
    ['apparmor', 'fail', option('apparmor=unconfined'), { ...engine, appArmor: 'unused' }],
  ])('%s: %s %j', (guard, outcome, host, given) => {
    const facts = { workloads: [workload('x', { host })], engines: 'state' in given ? given : [given] };
    expect(evaluate(workloadConfinement, facts, { guard })).toMatchObject([{ outcome, subject: 'x' }]);
  });

  test.each([
    ['seccomp', { seccomp: 'off', options: { 'seccomp-profile': { source: '/etc/docker/daemon.json' } } }],
    ['apparmor', { appArmor: 'unused' }],
  ])('%s: what the engine takes from everybody is mended at the engine', (guard, given) => {
    const facts = { workloads: [workload('x')], engines: [{ ...engine, ...given }] };
    const file = guard === 'seccomp' ? { engineFile: '/etc/docker/daemon.json' } : {};
    expect(evaluate(workloadConfinement, facts, { guard })).toMatchObject([
      { message: `${guard}-engine`, data: file },
    ]);
  });

  test('not-applicable without containers', () => {
    const facts = { workloads: [], engines: [engine] };
    expect(evaluate(workloadConfinement, facts, { guard: 'seccomp' })).toMatchObject([
      { outcome: 'not-applicable' },
    ]);
  });
});

describe('AppArmor in a file, whose machine is not here', () => {
  const appArmor = (workloads: readonly object[]) =>
    evaluate(workloadConfinement, { workloads, engines: [] }, { guard: 'apparmor' });

  test.each([
    ['fail', 'security_opt: [apparmor=unconfined]'],
    ['fail', 'security_opt: ["apparmor:unconfined"]'],
    ['fail', 'security_opt: ["apparmor=${PROFILE:-unconfined}"]'],
    ['fail', 'privileged: true'],
    ['pass', 'security_opt: [apparmor=docker-default]'],
    ['undetermined', 'security_opt: ["apparmor=${PROFILE}"]'],
    ['undetermined', 'security_opt: [no-new-privileges:true]'],
  ])('compose, %s: %s', async (outcome, lines) => {
    expect(appArmor([await service(lines)])).toMatchObject([{ outcome, subject: 'web' }]);
  });

  test('compose: the failure names the file, and where it is put right', async () => {
    const [verdict] = appArmor([await service('security_opt:\n  - apparmor=unconfined')]);
    expect(verdict).toMatchObject({
      message: 'apparmor-declared',
      variant: 'compose',
      evidence: [{ source: 'compose.yml', line: 4, column: 5 }],
    });
  });

  const annotation = 'container.apparmor.security.beta.kubernetes.io/main';
  const profile = (type: string) => ({ securityContext: { appArmorProfile: { type } } });
  test.each([
    ['fail', deployment(profile('Unconfined'))],
    ['fail', deployment({}, profile('Unconfined'))],
    ['pass', deployment(profile('RuntimeDefault'), profile('Unconfined'))],
    ['fail', deployment({}, {}, { annotations: { [annotation]: 'unconfined' } })],
    ['pass', deployment({}, {}, { annotations: { [annotation]: 'runtime/default' } })],
    ['not-applicable', deployment()],
  ])('Kubernetes, %s: %s', async (outcome, yaml) => {
    const { workloads } = await readManifests(yaml);
    expect(appArmor(workloads)).toMatchObject([{ outcome, subject: 'app/main' }]);
  });

  test.each([
    ['docker', 'fail'],
    // A Quadlet's machine is here, and whether its kernel has AppArmor was not asked.
    ['podman', 'undetermined'],
  ] as const)('a unit of %s: %s', (source, outcome) => {
    const one = workload('x', { host: option('apparmor=unconfined') });
    expect(appArmor([{ ...one, source, engine: null, state: 'declared' }])).toMatchObject([{ outcome }]);
    expect(appArmor([{ ...one, source, engine: '/run/gone.sock' }])).toMatchObject([
      { outcome: 'undetermined' },
    ]);
  });
});

describe('workload-confinement and the kernel', () => {
  test.each([
    ['no-new-privileges', 'pass', option('no-new-privileges'), engine, { noNewPrivileges: true }],
    ['no-new-privileges', 'fail', option('no-new-privileges'), engine, { noNewPrivileges: false }],
    ['no-new-privileges', 'fail', {}, engine, { noNewPrivileges: true }],
    ['no-new-privileges', 'pass', {}, unheard, { noNewPrivileges: true }],
    ['no-new-privileges', 'fail', {}, unheard, { noNewPrivileges: false }],
    ['no-new-privileges', 'undetermined', {}, unheard, { noNewPrivileges: null }],
    ['seccomp', 'pass', {}, engine, { seccomp: 'filter' }],
    ['seccomp', 'pass', {}, engine, { seccomp: null }],
    ['seccomp', 'fail', {}, engine, { seccomp: 'off' }],
    ['seccomp', 'fail', option('seccomp=unconfined'), engine, { seccomp: 'filter' }],
    ['seccomp', 'undetermined', option('seccomp={'), engine, { seccomp: 'filter' }],
    ['seccomp', 'fail', option('seccomp={'), engine, { seccomp: 'off' }],
    ['apparmor', 'fail', {}, engine, { appArmor: 'off' }],
    ['apparmor', 'pass', {}, unheard, { appArmor: 'profile' }],
    ['apparmor', 'fail', option('apparmor=unconfined'), engine, { appArmor: 'profile' }],
    ['apparmor', 'not-applicable', {}, { ...engine, appArmor: 'absent' }, { appArmor: null }],
  ] as const)('%s: %s %j, engine %j, kernel %j', (guard, outcome, host, given, has) => {
    const workloads = [{ ...workload('x', { host }), kernel: kernelTruth(has) }];
    const engines = 'state' in given ? given : [given];
    expect(evaluate(workloadConfinement, { workloads, engines }, { guard })).toMatchObject([
      { outcome, subject: 'x' },
    ]);
  });
});

test.each([
  ['/run/docker.sock', 'fail'],
  ['/run/user/1000/docker.sock', 'pass'],
  ['/run/gone.sock', 'undetermined'],
  // A unit's docker run is the first one's.
  [null, 'fail'],
])('of several engines the container’s own counts: %s', (own, outcome) => {
  const other = {
    ...engine,
    sockets: [{ path: '/run/user/1000/docker.sock', stat: null }],
    noNewPrivileges: true,
  };
  const facts = { workloads: [{ ...workload('x'), engine: own }], engines: [engine, other] };
  expect(evaluate(workloadConfinement, facts, { guard: 'no-new-privileges' })).toMatchObject([{ outcome }]);
});
