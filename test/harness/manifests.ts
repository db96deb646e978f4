import { factReader } from '../../src/engine/fact.ts';
import type { Fact } from '../../src/engine/fact.ts';
import { kubernetesFact } from '../../src/facts/kubernetes/kubernetes.ts';
import type { Manifest } from '../../src/facts/kubernetes/manifest.ts';
import { manifestsFact } from '../../src/facts/kubernetes/manifests.ts';
import type { Pod } from '../../src/facts/kubernetes/pods.ts';
import { podsFact } from '../../src/facts/kubernetes/pods.ts';
import type { Service } from '../../src/facts/kubernetes/services.ts';
import { servicesFact } from '../../src/facts/kubernetes/services.ts';
import type { Workload } from '../../src/facts/workloads/workload.ts';
import { gapsOf } from '../../src/host/evidence.ts';
import { filesHost } from './files-host.ts';

/** What the files of a repository come to; every fact of Kubernetes is known, with gaps at most. */
export interface Read {
  readonly manifests: readonly Manifest[];
  readonly pods: readonly Pod[];
  readonly services: readonly Service[];
  readonly workloads: readonly Workload[];
  readonly gaps: readonly string[];
}

export async function readProject(files: Readonly<Record<string, string | null>>): Promise<Read> {
  const read = factReader(filesHost(files));
  const gaps = new Set<string>();
  const valueOf = async <T>(fact: Fact<T>): Promise<T> => {
    const evidence = await read(fact);
    if (evidence.state === 'unknown') throw new Error(evidence.detail);
    for (const gap of gapsOf(evidence)) gaps.add(gap);
    return evidence.value;
  };
  const manifests = await valueOf(manifestsFact);
  const pods = await valueOf(podsFact);
  const services = await valueOf(servicesFact);
  const workloads = await valueOf(kubernetesFact);
  return { manifests, pods, services, workloads, gaps: [...gaps] };
}

/** One file of YAML. */
export function readManifests(yaml: string): Promise<Read> {
  return readProject({ 'k8s.yaml': yaml });
}

/**
 * A Deployment `app` of one container `main`, in JSON, which is YAML.
 *
 * @param container - what the container has beside its name and image
 * @param pod - what the pod's spec has beside it
 */
export function deployment(container: object = {}, pod: object = {}, metadata: object = {}): string {
  return JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'app', ...metadata },
    spec: {
      template: {
        metadata: { labels: { app: 'app' }, ...metadata },
        spec: { containers: [{ name: 'main', image: 'example/app:1.0', ...container }], ...pod },
      },
    },
  });
}

/** Documents of one file. */
export function documents(...all: readonly (string | object)[]): string {
  return all.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))).join('\n---\n');
}
