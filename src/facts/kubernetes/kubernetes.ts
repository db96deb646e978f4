import { defineFact } from '../../engine/fact.ts';
import { gapsOf, knownInPart } from '../../host/evidence.ts';
import { parseImageReference } from '../workloads/image-reference.ts';
import type { Workload } from '../workloads/workload.ts';
import { workloadOf } from './container-workload.ts';
import { placeWord } from './manifest.ts';
import { manifestsFact } from './manifests.ts';
import type { PodContainer } from './pods.ts';
import { podsFact } from './pods.ts';
import { uniqueNames } from './unique-names.ts';

/** Containers of the pods that a project's Kubernetes manifests describe, init containers among them. */
export const kubernetesFact = defineFact<readonly Workload[]>({
  id: 'kubernetes',
  kinds: ['project'],
  gather: async (_, read) => {
    const [pods, manifests] = await Promise.all([read(podsFact), read(manifestsFact)]);
    if (pods.state === 'unknown') return pods;
    if (manifests.state === 'unknown') return manifests;
    const all = pods.value.flatMap((pod) => pod.containers.map((container) => ({ pod, container })));
    const names = uniqueNames(
      all.map(({ pod, container }) => ({
        name: `${pod.name}/${container.spec.name}`,
        kind: pod.manifest.kind,
        namespace: pod.namespace,
        place: container.place([]),
      })),
    );
    const workloads = all.map(({ pod, container }, index) =>
      workloadOf(pod, container, names[index] ?? pod.name, manifests.value),
    );
    const gaps = all.flatMap(({ container }, index) => imageGap(container, names[index] ?? ''));
    return knownInPart(workloads, pods.source, [...gapsOf(pods), ...gaps]);
  },
});

/** With an image that is left open as a whole, no rule can tell which product it is. */
function imageGap(container: PodContainer, name: string): readonly string[] {
  const image = container.spec.image ?? '';
  if (image !== '' && !/\$[({]|\{\{/.test(parseImageReference(image).repository)) return [];
  const where = placeWord(container.place(['image']));
  return [
    `${where}: which image ${name} runs is not written down (${image === '' ? 'none is named' : image})`,
  ];
}
