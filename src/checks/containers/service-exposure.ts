/** A Kubernetes Service opens a pod beyond the cluster. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import { recogniseImage } from '../../facts/catalogue/recognise.ts';
import { citeManifest } from '../../facts/kubernetes/each-pod.ts';
import type { Pod } from '../../facts/kubernetes/pods.ts';
import type { Service } from '../../facts/kubernetes/services.ts';
import { servicesFact } from '../../facts/kubernetes/services.ts';
import { parseImageReference } from '../../facts/workloads/image-reference.ts';

const messages = {
  exposed:
    'Service `{name}` ({type}) opens {ports} of {behind} on {doors}: who reaches those reaches it, past every Ingress.',
};

export const serviceExposure = defineCheck({
  id: 'service-exposure',
  needs: { services: servicesFact },
  params: z.strictObject({
    /** Image repositories of reverse proxies, without docker.io: what they open is meant for everybody. */
    proxies: z.array(z.string()).min(1),
  }),
  messages,
  evaluate: ({ services }, { proxies }): readonly Verdict<typeof messages>[] => {
    if (services.length === 0) return [notApplicable('there are no Kubernetes manifests with a Service')];
    return services.map((service): Verdict<typeof messages> => {
      const { name, manifest, spec, pods } = service;
      const type = spec.type ?? 'ClusterIP';
      const doors = doorsOf(service);
      const evidence = [
        citeManifest(
          manifest,
          ['spec', doors.length > 0 && type === 'ClusterIP' ? 'externalIPs' : 'type'],
          `type: ${type}`,
        ),
      ];
      if (doors.length === 0) return pass(name, ...evidence);
      if (pods.length === 0) {
        const because = `Service \`${name}\` (${type}) is open on ${doors.join(' and ')}, and the pods behind it are not in this project`;
        return { ...undetermined(because, name), evidence };
      }
      if (pods.every((pod) => isProxy(pod, proxies))) return pass(name, ...evidence);
      const { file } = manifest.place([]);
      const ports = (spec.ports ?? []).map(({ port }) => String(port)).join(', ');
      const data = {
        ...{ name, file, type, ports: ports === '' ? 'the ports' : `port ${ports}` },
        object: manifest.name,
        namespace: manifest.namespace ?? 'default',
        behind: [...new Set(pods.map(behindWord))].join(', '),
        doors: doors.join(' and '),
      };
      return { outcome: 'fail', message: 'exposed', subject: name, data, evidence };
    });
  },
});

/** Where a Service can be reached from beyond the cluster. */
function doorsOf({ spec }: Service): readonly string[] {
  const { type, externalIPs, loadBalancerSourceRanges, allocateLoadBalancerNodePorts } = spec;
  const isBalanced = type === 'LoadBalancer';
  const ranges = loadBalancerSourceRanges ?? [];
  const isNarrow = ranges.length > 0 && ranges.every((range) => !/\/0+$/.test(range.trim()));
  const hasNodePort = type === 'NodePort' || (isBalanced && allocateLoadBalancerNodePorts !== false);
  return [
    ...(isBalanced && !isNarrow ? ['a load balancer'] : []),
    // The balancer's ranges do not hold there (kube-proxy, KUBE-FW chains).
    ...(hasNodePort ? ['a port of every node'] : []),
    ...((externalIPs ?? []).length > 0 ? [`the addresses ${(externalIPs ?? []).join(', ')}`] : []),
  ];
}

function isProxy({ containers }: Pod, proxies: readonly string[]): boolean {
  return containers.some(({ kind, spec }) => {
    const repository = parseImageReference(spec.image ?? '').repository.replace(
      /^docker\.io\/(?:library\/)?/,
      '',
    );
    return kind === 'container' && proxies.includes(repository);
  });
}

/** The product, where the catalogue knows one. */
function behindWord({ name, containers }: Pod): string {
  for (const { spec } of containers) {
    const service = recogniseImage(parseImageReference(spec.image ?? '').repository);
    if (service !== null) return `${service.name} (${name})`;
  }
  return name;
}
