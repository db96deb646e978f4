import { describe, expect, test } from '@jest/globals';
import { rules } from '../../../rules/registry.ts';
import { checks } from '../../../src/checks/registry.ts';
import type { Verdict } from '../../../src/engine/check.ts';
import { unknown } from '../../../src/host/evidence.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { deployment, readManifests } from '../../harness/manifests.ts';

/** What the rules over every container say of one that a manifest describes. */

const hidden = unknown('unsupported', 'files alone do not show it', '/');

async function judge(id: string, container: object = {}, pod: object = {}, annotations: object = {}) {
  const rule = rules.find((each) => each.id === id);
  const check = checks.get(rule?.check ?? '');
  if (rule === undefined || check === undefined) throw new Error(`no rule ${id}`);
  const { workloads } = await readManifests(deployment(container, pod, { annotations }));
  const given = { workloads, engines: [], processes: hidden, gpu: hidden };
  return evaluate(check, given, rule.with);
}

const secure = (securityContext: object) => ({ securityContext });

describe('containers of manifests', () => {
  test.each<[string, Verdict['outcome'], object, object]>([
    ['pids-unlimited', 'not-applicable', {}, {}],
    ['default-bridge', 'not-applicable', {}, {}],
    ['restart-unbounded', 'not-applicable', {}, {}],
    ['host-cgroup', 'not-applicable', {}, {}],
    ['host-userns', 'not-applicable', {}, {}],
    ['host-userns', 'pass', {}, { hostUsers: false }],
    ['flat-network', 'not-applicable', { image: 'qdrant/qdrant:1' }, {}],
    ['seccomp-off', 'not-applicable', {}, {}],
    ['seccomp-off', 'pass', secure({ seccompProfile: { type: 'RuntimeDefault' } }), {}],
    ['seccomp-off', 'undetermined', secure({ seccompProfile: { type: 'Localhost' } }), {}],
    ['seccomp-off', 'fail', secure({ seccompProfile: { type: 'Unconfined' } }), {}],
    ['seccomp-off', 'fail', secure({ privileged: true }), {}],
    ['apparmor-off', 'not-applicable', {}, {}],
    ['apparmor-off', 'pass', secure({ appArmorProfile: { type: 'RuntimeDefault' } }), {}],
    ['apparmor-off', 'fail', secure({ appArmorProfile: { type: 'Unconfined' } }), {}],
    ['apparmor-off', 'fail', secure({ privileged: true }), {}],
    ['privilege-escalation', 'fail', {}, {}],
    ['privilege-escalation', 'pass', secure({ allowPrivilegeEscalation: false }), {}],
    ['root-user', 'undetermined', {}, {}],
    ['root-user', 'pass', secure({ runAsNonRoot: true }), {}],
    ['root-user', 'pass', secure({ runAsUser: 1000 }), {}],
    ['root-user', 'fail', secure({ runAsUser: 0 }), {}],
    ['root-user', 'undetermined', secure({ runAsUser: 0 }), { hostUsers: false }],
    ['healthcheck-missing', 'fail', {}, {}],
    ['healthcheck-missing', 'pass', { livenessProbe: { exec: {} } }, {}],
    ['healthcheck-missing', 'not-applicable', {}, { restartPolicy: 'Never' }],
    ['image-unpinned', 'undetermined', { image: 'example/app:${TAG}' }, {}],
    ['image-unpinned', 'undetermined', { image: '' }, {}],
    ['image-unpinned', 'pass', {}, {}],
    ['published-on-all-addresses', 'pass', { ports: [{ containerPort: 1 }] }, {}],
    ['published-on-all-addresses', 'not-applicable', { ports: [{ containerPort: 1, hostPort: 1 }] }, {}],
    [
      'published-on-all-addresses',
      'fail',
      { image: 'ollama/ollama', ports: [{ containerPort: 1, hostPort: 1 }] },
      {},
    ],
    [
      'engine-socket-mounted',
      'fail',
      { volumeMounts: [{ name: 'v', mountPath: '/s' }] },
      { volumes: [{ name: 'v', hostPath: { path: '/var/run/docker.sock' } }] },
    ],
    [
      'engine-socket-mounted',
      'fail',
      { volumeMounts: [{ name: 'v', mountPath: '/s' }] },
      { volumes: [{ name: 'v', hostPath: { path: '/run/k3s/containerd' } }] },
    ],
    [
      'sensitive-mount',
      'pass',
      { volumeMounts: [{ name: 'v', mountPath: '/etc' }] },
      { volumes: [{ name: 'v', emptyDir: {} }] },
    ],
    ['gpu-all-devices', 'undetermined', { env: [{ name: 'NVIDIA_VISIBLE_DEVICES', value: 'all' }] }, {}],
    ['gpu-container-excess', 'fail', { resources: { limits: { 'nvidia.com/gpu': 1 } } }, { hostPID: true }],
  ])('%s: %s %j %j', async (id, outcome, container, pod) => {
    const [verdict] = await judge(id, container, pod);
    expect(verdict).toMatchObject({ outcome });
    expect(verdict).not.toMatchObject({
      because: expect.stringMatching(/run as root|engine running|start `/),
    });
    if (outcome === 'fail') expect(verdict).toMatchObject({ variant: 'kubernetes' });
  });

  test('says true and false where a pod says so', async () => {
    const [verdict] = await judge('host-pid', {}, { hostPID: true });
    expect(verdict).toMatchObject({ evidence: [{ source: 'k8s.yaml', excerpt: 'hostPID: true' }] });
  });

  const windows = { os: { name: 'windows' } };
  const hostProcess = { securityContext: { windowsOptions: { hostProcess: true } }, hostNetwork: true };
  test.each<[string, Verdict['outcome'], object]>([
    ['capabilities-kept', 'not-applicable', {}],
    ['net-raw-kept', 'not-applicable', {}],
    ['dangerous-capability', 'not-applicable', hostProcess],
    ['privilege-escalation', 'not-applicable', {}],
    ['writable-root-filesystem', 'not-applicable', {}],
    ['unmasked-proc', 'not-applicable', hostProcess],
    ['seccomp-off', 'not-applicable', hostProcess],
    ['apparmor-off', 'not-applicable', {}],
    ['host-pid', 'not-applicable', {}],
    ['host-ipc', 'not-applicable', {}],
    ['host-userns', 'not-applicable', {}],
    ['root-user', 'not-applicable', {}],
    ['memory-unlimited', 'fail', {}],
    ['healthcheck-missing', 'fail', {}],
    ['host-network', 'fail', hostProcess],
    ['privileged-container', 'fail', hostProcess],
  ])('of Windows: %s is %s of %j', async (id, outcome, pod) => {
    expect(await judge(id, {}, { ...windows, ...pod })).toMatchObject([{ outcome }]);
    const [[linux], [unsaid]] = [
      await judge(id, {}, { os: { name: 'linux' }, ...pod }),
      await judge(id, {}, pod),
    ];
    expect(linux?.outcome).toBe(unsaid?.outcome);
  });
});
