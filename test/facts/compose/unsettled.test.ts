import { describe, expect, test } from '@jest/globals';
import { workloadCapability } from '../../../src/checks/containers/workload-capability.ts';
import { workloadFlag } from '../../../src/checks/containers/workload-flag.ts';
import { workloadGpu } from '../../../src/checks/containers/workload-gpu.ts';
import { workloadImage } from '../../../src/checks/containers/workload-image.ts';
import { workloadLimit } from '../../../src/checks/containers/workload-limit.ts';
import { workloadMount } from '../../../src/checks/containers/workload-mount.ts';
import { workloadNamespace } from '../../../src/checks/containers/workload-namespace.ts';
import { workloadPrivileged } from '../../../src/checks/containers/workload-privileged.ts';
import { workloadPublish } from '../../../src/checks/containers/workload-publish.ts';
import { workloadSecret } from '../../../src/checks/containers/workload-secret.ts';
import { workloadUser } from '../../../src/checks/containers/workload-user.ts';
import type { Check } from '../../../src/engine/check.ts';
import { known } from '../../../src/host/evidence.ts';
import { composeIn, service } from '../../harness/compose.ts';
import { evaluate } from '../../harness/evaluate.ts';

const host = { engines: known([], 'x'), processes: known([], 'x') };
const mount = { paths: ['/run/docker.sock'], trees: ['/etc'], meaning: 'm' };
const capabilities = { capabilities: ['SYS_ADMIN'], meaning: 'm' };

describe('what a compose file leaves open never passes', () => {
  test.each<[string, Check, object, string]>([
    ['privileged: ${P}', workloadPrivileged, {}, 'undetermined'],
    ['privileged: ${P}', workloadCapability, capabilities, 'undetermined'],
    ['privileged: ${P}\nmem_limit: 1g', workloadLimit, { resource: 'memory' }, 'undetermined'],
    ['privileged: ${P}', workloadLimit, { resource: 'memory' }, 'fail'],
    ['cap_add: ["${C}"]', workloadCapability, capabilities, 'undetermined'],
    ['cap_add: ["${C}", SYS_ADMIN]', workloadCapability, capabilities, 'fail'],
    ['user: ${U}', workloadUser, {}, 'undetermined'],
    ['read_only: ${R}', workloadFlag, { flag: 'writable-root' }, 'undetermined'],
    ['mem_limit: ${M}', workloadLimit, { resource: 'memory' }, 'undetermined'],
    ['mem_limit: ${M:-1g}', workloadLimit, { resource: 'memory' }, 'pass'],
    ['network_mode: ${N}', workloadNamespace, { namespace: 'network', meaning: 'm' }, 'undetermined'],
    ['volumes: ["${V}:/x"]', workloadMount, mount, 'undetermined'],
    ['volumes: ["${V}:/x", "/etc:/y"]', workloadMount, mount, 'fail'],
    ['volumes: ["./etc:/x"]', workloadMount, mount, 'pass'],
    ['ports: ["${B}:80:80"]', workloadPublish, { proxies: ['nginx'] }, 'undetermined'],
    ['env_file: none.env', workloadSecret, {}, 'undetermined'],
    ['environment: {A_PASSWORD: "${P}"}', workloadSecret, {}, 'pass'],
    ['environment: {A_PASSWORD: "<masked>"}\nenv_file: none.env', workloadSecret, {}, 'fail'],
    ['gpus: [{count: 1}]\nprivileged: ${P}', workloadGpu, { what: 'excess' }, 'undetermined'],
    ['gpus: [{count: 1}]\npid: ${P}', workloadGpu, { what: 'excess' }, 'undetermined'],
    ['gpus: [{count: 1}]\nprivileged: true', workloadGpu, { what: 'excess' }, 'fail'],
  ])('%j', async (lines, check, parameters, outcome) => {
    const workloads = [await service(lines)];
    const outcomes = evaluate(check, { workloads, ...host, gpu: known(null, 'x') }, parameters).map(
      (each) => each.outcome,
    );
    expect(outcomes).toContain(outcome);
    if (outcome === 'undetermined') expect(outcomes).not.toContain('pass');
  });

  test('a namespace of another service is as unknown as that one’s', async () => {
    const text =
      'services: {a: {image: x, pid: "${P}"}, b: {image: x, pid: "service:a"}, web: {image: x, pid: "service:b"}}';
    const evidence = await composeIn({ '/compose.yml': text });
    const workloads = evidence.state === 'known' ? evidence.value : [];
    const verdicts = evaluate(workloadNamespace, { workloads, ...host }, { namespace: 'pid', meaning: 'm' });
    expect(verdicts.map(({ outcome }) => outcome)).toEqual(['undetermined', 'undetermined', 'undetermined']);
  });

  test.each([
    ['${IMAGE}', 'undetermined', 'undetermined'],
    ['""', 'undetermined', 'undetermined'],
    ['[a]', 'undetermined', 'undetermined'],
    ['ollama/ollama:${TAG}', 'undetermined', 'not-applicable'],
    ['ollama/ollama:${TAG:-latest}', 'fail', 'not-applicable'],
    ['ollama/ollama:${TAG:-0.5.1}', 'pass', 'not-applicable'],
  ])('image %s', async (image, ai, other) => {
    const top = `  i:\n    image: ${image}`;
    const one = await service('user: "1"', { files: { '/compose.yml': `services:\n${top}\n` } });
    const outcomes = ['ai', 'other'].map(
      (of) => evaluate(workloadImage, { workloads: [one] }, { pin: 'tag', of })[0]?.outcome,
    );
    expect(outcomes).toEqual([ai, other]);
  });

  test('the reason names file, line and variable', async () => {
    const [verdict] = evaluate(workloadPrivileged, { workloads: [await service('privileged: ${P}')] });
    expect(verdict).toMatchObject({
      subject: 'web',
      because:
        '`privileged` is not known: compose.yml:4 leaves it to P, which nothing in the project sets (${P})',
    });
  });

  test('a failure is put right in the compose file', async () => {
    const [verdict] = evaluate(workloadPrivileged, { workloads: [await service('privileged: true')] });
    expect(verdict).toMatchObject({
      variant: 'compose',
      evidence: [{ source: 'compose.yml', line: 4, excerpt: 'privileged: true' }],
    });
  });
});
