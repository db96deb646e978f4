import { defineFact } from '../../engine/fact.ts';
import { gapsOf, knownInPart } from '../../host/evidence.ts';
import { projectFilesFact } from '../project-files.ts';
import type { Place } from '../workloads/setting.ts';
import { foreignGap } from './foreign.ts';
import type { Manifest } from './manifest.ts';
import { Metadata, placeWord } from './manifest.ts';
import { manifestsFact } from './manifests.ts';
import type { Container } from './pod-format.ts';
import { PodSpec } from './pod-format.ts';
import { uniqueNames } from './unique-names.ts';
import type { Path } from './yaml-text.ts';

/** A pod, or the template that a Deployment, a Job, … makes its pods of. */
export interface Pod {
  /** Unique in the project: the name of its Deployment, Job, … */
  readonly name: string;
  /** The object that it is written in. */
  readonly manifest: Manifest;
  readonly namespace: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: PodSpec;
  readonly containers: readonly PodContainer[];
  /** @param path - inside the pod: `['spec', 'hostPID']` */
  place(path: Path): Place;
}

export interface PodContainer {
  readonly kind: 'container' | 'init' | 'ephemeral';
  readonly spec: Container;
  /** @param path - inside the container */
  place(path: Path): Place;
}

/** Where Kubernetes' own kinds hold a pod, by API group and kind. */
const templates: Readonly<Record<string, Path>> = {
  ' Pod': [],
  ' ReplicationController': ['spec', 'template'],
  ' PodTemplate': ['template'],
  'apps Deployment': ['spec', 'template'],
  'apps StatefulSet': ['spec', 'template'],
  'apps DaemonSet': ['spec', 'template'],
  'apps ReplicaSet': ['spec', 'template'],
  'extensions Deployment': ['spec', 'template'],
  'extensions DaemonSet': ['spec', 'template'],
  'extensions ReplicaSet': ['spec', 'template'],
  'batch Job': ['spec', 'template'],
  'batch CronJob': ['spec', 'jobTemplate', 'spec', 'template'],
};

/** The pods that a project's manifests describe. One that a cluster would refuse is a gap. */
export const podsFact = defineFact<readonly Pod[]>({
  id: 'pods',
  kinds: ['live', 'rootfs', 'snapshot', 'project'],
  gather: async (_, read) => {
    const [manifests, files] = await Promise.all([read(manifestsFact), read(projectFilesFact)]);
    if (manifests.state === 'unknown') return manifests;
    const pods: Pod[] = [];
    const gaps = [...gapsOf(manifests)];
    for (const manifest of manifests.value) {
      const pod = podOf(manifest, files.state === 'known' ? files.value.paths : []);
      if (typeof pod === 'string') gaps.push(pod);
      else if (pod !== null) pods.push(pod);
    }
    const names = uniqueNames(
      pods.map((pod) => ({
        name: pod.name,
        kind: pod.manifest.kind,
        namespace: pod.namespace,
        place: pod.place([]),
      })),
    );
    const named = pods.map((pod, index) => ({ ...pod, name: names[index] ?? pod.name }));
    return knownInPart(named, manifests.source, gaps);
  },
});

/** `null` where it has none; a sentence where it has one that cannot be judged. */
function podOf(manifest: Manifest, paths: readonly string[]): Pod | string | null {
  const { group, kind, object, name } = manifest;
  const root = templates[`${group} ${kind}`];
  if (root === undefined) return foreignGap(manifest, paths);
  const place = (path: Path) => manifest.place([...root, ...path]);
  const template = valueAt(object, root);
  const spec = PodSpec.safeParse(valueAt(template, ['spec']));
  if (!spec.success) {
    const [issue] = spec.error.issues;
    const path = (issue?.path ?? []).filter((step) => typeof step !== 'symbol');
    const what = `spec${path.map((step) => (typeof step === 'number' ? `[${String(step)}]` : `.${step}`)).join('')}`;
    return `${placeWord(place(['spec', ...path]))}: the pod of ${kind} ${name} is none that a cluster takes (${what}: ${issue?.message ?? ''}), and is not judged`;
  }
  const { labels, annotations } = Metadata.parse(valueAt(template, ['metadata']) ?? {});
  const containers = [
    ...listed('container', 'containers', spec.data.containers),
    ...listed('init', 'initContainers', spec.data.initContainers ?? []),
    ...listed('ephemeral', 'ephemeralContainers', spec.data.ephemeralContainers ?? []),
  ];
  return {
    ...{ name, manifest, namespace: manifest.namespace, labels, annotations, spec: spec.data, place },
    containers: containers.map(({ path, ...container }) => ({
      ...container,
      place: (inside) => place(['spec', ...path, ...inside]),
    })),
  };
}

function listed(kind: PodContainer['kind'], field: string, containers: readonly Container[]) {
  return containers.map((spec, index) => ({ kind, spec, path: [field, index] }));
}

function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Readonly<Record<string | number, unknown>>)[step];
  }
  return at;
}
