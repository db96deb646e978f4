import { describe, expect, test } from '@jest/globals';
import { podSecurityContext } from '../../../src/checks/containers/pod-security-context.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { deployment, readManifests } from '../../harness/manifests.ts';

const runtime = { seccompProfile: { type: 'RuntimeDefault' } };
const off = { seccompProfile: { type: 'Unconfined' } };
const second = { name: 'second', image: 'i' };

async function judge(guard: string, own: object, shared: object, pod: object = {}, annotations: object = {}) {
  const text = deployment({ securityContext: own }, { securityContext: shared, ...pod }, { annotations });
  return evaluate(podSecurityContext, { pods: (await readManifests(text)).pods }, { guard });
}

describe('pod-security-context', () => {
  test.each([
    ['pass', {}, runtime, {}],
    ['pass', runtime, {}, {}],
    ['pass', { seccompProfile: { type: 'Localhost', localhostProfile: 'x' } }, {}, {}],
    ['fail', {}, {}, {}],
    ['fail', runtime, {}, { initContainers: [second] }],
    ['pass', runtime, {}, { initContainers: [{ ...second, securityContext: runtime }] }],
    ['not-applicable', off, {}, {}],
    ['not-applicable', { privileged: true }, runtime, {}],
    ['fail', off, {}, { initContainers: [second] }],
    ['not-applicable', {}, {}, { os: { name: 'windows' } }],
    ['fail', {}, {}, { os: { name: 'linux' } }],
  ])('seccomp: %s %j %j %j', async (outcome, own, shared, pod) => {
    expect(await judge('seccomp', own, shared, pod)).toMatchObject([{ outcome, subject: 'app' }]);
  });

  test('an annotation is none, and says so', async () => {
    const annotations = { 'seccomp.security.alpha.kubernetes.io/pod': 'runtime/default' };
    const verdicts = await judge('seccomp', {}, {}, {}, annotations);
    expect(verdicts).toMatchObject([{ outcome: 'fail', message: 'annotated', data: { containers: 'main' } }]);
  });

  test.each([
    ['fail', {}, {}, {}],
    ['fail', { runAsUser: 0 }, {}, {}],
    ['fail', { runAsUser: 0 }, { runAsUser: 1000 }, {}],
    ['fail', { runAsNonRoot: false }, { runAsNonRoot: true }, {}],
    ['fail', { runAsNonRoot: true }, {}, { initContainers: [second] }],
    ['pass', {}, { runAsNonRoot: true }, { initContainers: [second] }],
    ['pass', {}, { runAsUser: 1000 }, {}],
    ['pass', { runAsUser: 1 }, {}, {}],
    ['not-applicable', {}, {}, { os: { name: 'windows' } }],
  ])('root: %s %j %j %j', async (outcome, own, shared, pod) => {
    expect(await judge('root', own, shared, pod)).toMatchObject([{ outcome, subject: 'app' }]);
  });
});
