import * as z from 'zod';
import { defineFact } from '../../engine/fact.ts';
import { gapsOf, knownInPart } from '../../host/evidence.ts';
import type { Manifest } from './manifest.ts';
import { isBeside, placeWord } from './manifest.ts';
import { manifestsFact } from './manifests.ts';
import type { Pod } from './pods.ts';
import { podsFact } from './pods.ts';
import { selects } from './selector.ts';
import { uniqueNames } from './unique-names.ts';

const Spec = z.object({
  type: z.enum(['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName']).nullish(),
  selector: z.record(z.string(), z.string()).nullish(),
  externalIPs: z.array(z.string()).nullish(),
  loadBalancerSourceRanges: z.array(z.string()).nullish(),
  allocateLoadBalancerNodePorts: z.boolean().nullish(),
  ports: z
    .array(z.object({ port: z.int(), nodePort: z.int().nullish(), protocol: z.string().nullish() }))
    .nullish(),
});

export interface Service {
  /** Unique among the project's services. */
  readonly name: string;
  readonly manifest: Manifest;
  readonly spec: z.infer<typeof Spec>;
  /** Those of the project that it sends to. */
  readonly pods: readonly Pod[];
}

/** The Services that a project's manifests describe. */
export const servicesFact = defineFact<readonly Service[]>({
  id: 'services',
  kinds: ['live', 'rootfs', 'snapshot', 'project'],
  gather: async (_, read) => {
    const [manifests, pods] = await Promise.all([read(manifestsFact), read(podsFact)]);
    if (manifests.state === 'unknown') return manifests;
    if (pods.state === 'unknown') return pods;
    const gaps = [...gapsOf(manifests), ...gapsOf(pods)];
    const found: { manifest: Manifest; spec: Service['spec'] }[] = [];
    for (const manifest of manifests.value) {
      if (manifest.kind !== 'Service' || manifest.group !== '') continue;
      const spec = Spec.safeParse(manifest.object.spec ?? {});
      if (spec.success) found.push({ manifest, spec: spec.data });
      else
        gaps.push(
          `${placeWord(manifest.place(['spec']))}: the Service ${manifest.name} is none that a cluster takes`,
        );
    }
    const names = uniqueNames(
      found.map(({ manifest }) => ({
        name: manifest.name,
        kind: 'Service',
        namespace: manifest.namespace,
        place: manifest.place([]),
      })),
    );
    const services = found.map(({ manifest, spec }, index): Service => {
      const selector = spec.selector ?? {};
      const isSelected = (pod: Pod) =>
        isBeside(pod, manifest) && selects({ matchLabels: selector }, pod.labels);
      // Without a selector it sends to addresses that somebody else writes down.
      const selected = Object.keys(selector).length === 0 ? [] : pods.value.filter(isSelected);
      return { name: names[index] ?? manifest.name, manifest, spec, pods: selected };
    });
    return knownInPart(services, manifests.source, gaps);
  },
});
