import { describe, expect, test } from '@jest/globals';
import { workloadPrivileged } from '../../../src/checks/containers/workload-privileged.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { workload } from '../../harness/docker-workload.ts';
import { kernelTruth } from '../../harness/kernel-truth.ts';

describe('workload-privileged', () => {
  test.each([
    ['pass', {}, undefined],
    ['pass', { CapAdd: ['SYS_ADMIN'] }, undefined],
    ['fail', { Privileged: true }, 'privileged'],
    ['fail', { CapAdd: ['ALL'] }, 'everyCapability'],
    ['fail', { CapAdd: ['all'] }, 'everyCapability'],
  ])('%s: %j', (outcome, host, message) => {
    const [verdict] = evaluate(workloadPrivileged, { workloads: [workload('x', { host })] });
    expect(verdict).toMatchObject({ outcome, subject: 'x', ...(message === undefined ? {} : { message }) });
  });

  test('a created container counts', () => {
    const created = workload('x', { host: { Privileged: true }, state: { Status: 'created', Pid: 0 } });
    expect(evaluate(workloadPrivileged, { workloads: [created] })).toMatchObject([{ outcome: 'fail' }]);
  });

  test('not-applicable without containers', () => {
    expect(evaluate(workloadPrivileged, { workloads: [] })).toMatchObject([{ outcome: 'not-applicable' }]);
  });

  test('what the remediation needs is there', () => {
    const labels = {
      'com.docker.compose.service': 'chat',
      'com.docker.compose.project.config_files': '/srv/ai/compose.yaml',
    };
    const has = workload('x', { host: { Privileged: true }, config: { Labels: labels } });
    expect(evaluate(workloadPrivileged, { workloads: [has] })).toMatchObject([
      {
        data: { name: 'x', directory: expect.any(String), place: 'service chat in /srv/ai/compose.yaml' },
        evidence: [{ source: 'docker inspect x', excerpt: 'HostConfig.Privileged: true' }],
      },
    ]);
  });
});

describe('workload-privileged and the kernel', () => {
  const user = (isShared: boolean | null) => ({ ...kernelTruth().shares, user: isShared });
  test.each([
    ['pass', {}, { hasEveryCapability: false }],
    ['pass', {}, { hasEveryCapability: null }],
    ['fail', {}, { hasEveryCapability: true }],
    ['pass', {}, { hasEveryCapability: true, shares: user(false) }],
    ['pass', {}, { hasEveryCapability: true, shares: user(null) }],
    ['fail', { Privileged: true }, { hasEveryCapability: false }],
  ])('%s: %j, kernel %j', (outcome, host, has) => {
    const workloads = [{ ...workload('x', { host }), kernel: kernelTruth(has) }];
    expect(evaluate(workloadPrivileged, { workloads })).toMatchObject([{ outcome, subject: 'x' }]);
  });
});
