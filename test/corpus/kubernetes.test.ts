import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { readProject } from '../harness/manifests.ts';

/** Manifests that people published, and what a reader wrote down of them; the folder is AISEC_CORPUS. */

const corpus = process.env.AISEC_CORPUS;
if (corpus === undefined) {
  process.stderr.write('corpus of Kubernetes manifests: skipped, AISEC_CORPUS names no folder\n');
}

/** Not everything that is labelled, only what a container's own lines say. */
interface Label {
  readonly name: string;
  readonly container?: string;
  readonly initContainer?: string;
  readonly image?: string | null;
  readonly privileged?: boolean | string;
  readonly runAsNonRoot?: string | null;
  readonly runAsUser?: string | null;
  readonly readOnlyRootFilesystem?: string | null;
  readonly allowPrivilegeEscalation?: string | null;
  readonly capabilities_drop?: string | null;
  readonly seccomp?: string | null;
  readonly hostPath?: readonly string[];
  readonly mem_limit?: string | null;
  readonly cpu_limit?: string | null;
  readonly probes?: string | null;
}
interface Labels {
  readonly file: string;
  readonly workloads?: readonly Label[];
  readonly services?: readonly { readonly name: string; readonly type: string }[];
}

const files = corpus === undefined ? [] : readdirSync(join(corpus, 'k8s'));
const labels =
  corpus === undefined
    ? []
    : readdirSync(join(corpus, 'labels'))
        .filter((name) => name.startsWith('k8s__'))
        .map((name) => parse(readFileSync(join(corpus, 'labels', name), 'utf8')) as Labels);

const readFile = (file: string) =>
  readProject({ [file]: readFileSync(join(corpus ?? '', 'k8s', file), 'utf8') });

(corpus === undefined ? describe.skip : describe)('published manifests', () => {
  test.each(files)('%s is read, or named with the reason', async (file) => {
    const { manifests, workloads, gaps } = await readFile(file);
    const pods = manifests.filter(({ kind }) =>
      /^(?:Pod|Deployment|StatefulSet|DaemonSet|Job|CronJob)$/.test(kind),
    );
    expect(manifests.length + gaps.length).toBeGreaterThan(0);
    expect(workloads.length + gaps.length).toBeGreaterThanOrEqual(pods.length);
    for (const gap of gaps) expect(gap).toContain(`${file}:`);
  });

  test.each(labels.map((each) => [each.file, each] as const))(
    '%s says what its reader read',
    async (file, label) => {
      const { workloads, services } = await readFile(file.replace(/^k8s\//, ''));
      const found = workloads.map((workload) => {
        const line = (setting: string) => workload.places.get(setting)?.line ?? null;
        return {
          name: workload.name,
          image: `${workload.image.reference} L${String(line('image'))}`,
          privileged: workload.privileged,
          refusesRoot: workload.refusesRoot === true,
          user: workload.user.split(':')[0] ?? '',
          readOnly: workload.readonlyRootfs,
          escalates: workload.confinement.noNewPrivileges !== true,
          drop: workload.capDrop.join(','),
          seccomp: workload.confinement.seccomp,
          hostPath: workload.mounts.filter(({ type }) => type === 'bind').map(({ source }) => source),
          memory: workload.limits.memoryBytes === null ? null : line('memory'),
          cpu: workload.limits.cpus === null ? null : line('cpus'),
          probed: workload.healthcheck === 'set',
        };
      });
      const read = (label.workloads ?? []).map((each) => ({
        name: `${each.name}/${each.container ?? each.initContainer ?? ''}`,
        image: each.image,
        privileged: each.privileged === true,
        refusesRoot: first(each.runAsNonRoot) === 'true',
        user: first(each.runAsUser) ?? '',
        readOnly: first(each.readOnlyRootFilesystem) === 'true',
        escalates: first(each.allowPrivilegeEscalation) !== 'false',
        drop: first(each.capabilities_drop) ?? '',
        seccomp: first(each.seccomp) === 'RuntimeDefault' ? 'profile' : 'default',
        hostPath: (each.hostPath ?? []).map((path) => first(path)),
        memory: lineOf(each.mem_limit),
        cpu: lineOf(each.cpu_limit),
        probed: /liveness|readiness/.test(each.probes ?? ''),
      }));
      expect(found).toEqual(expect.arrayContaining(read));
      expect(found).toHaveLength(read.length);
      const types = services.map(({ name, spec }) => [name, spec.type ?? 'ClusterIP']);
      expect(types).toEqual((label.services ?? []).map(({ name, type }) => [name, first(type)]));
    },
  );
});

/** The value before its line: `8Gi L47`. */
function first(text: string | null | undefined): string | null {
  return text?.split(' ')[0] ?? null;
}

function lineOf(text: string | null | undefined): number | null {
  const line = /L(\d+)/.exec(text ?? '')?.[1];
  return line === undefined ? null : Number(line);
}
