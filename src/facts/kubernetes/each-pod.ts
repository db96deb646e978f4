import type { Citation, Messages, Verdict } from '../../engine/check.ts';
import { notApplicable } from '../../engine/check.ts';
import type { Manifest } from './manifest.ts';
import type { Pod } from './pods.ts';
import type { Path } from './yaml-text.ts';

/** What every message and remediation over a pod may fill in. */
export interface PodData extends Readonly<Record<string, string>> {
  readonly name: string;
  readonly file: string;
  /** Name of the object that it is written in. */
  readonly object: string;
  readonly namespace: string;
  /** Where a person edits it. */
  readonly place: string;
}

/** Every pod's verdict; where there is no pod, there is nothing to judge. */
export function eachPod<const M extends Messages>(
  pods: readonly Pod[],
  judge: (pod: Pod) => Verdict<M>,
): readonly Verdict<M>[] {
  if (pods.length === 0) return [notApplicable('there are no Kubernetes manifests with pods')];
  return pods.map(judge);
}

export function podData(pod: Pod): PodData {
  const { file, line } = pod.place([]);
  return {
    name: pod.name,
    file,
    object: pod.manifest.name,
    namespace: pod.namespace ?? 'default',
    place: `${pod.manifest.kind} ${pod.manifest.name} in ${file}:${String(line)}`,
  };
}

/** Where a setting stands, or where it would: `automountServiceAccountToken: not set`. */
export function citeManifest(at: Pick<Manifest, 'place'>, path: Path, excerpt: string): Citation {
  const { file, line, column } = at.place(path);
  return { source: file, line, column, excerpt };
}
