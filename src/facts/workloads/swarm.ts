import * as z from 'zod';
import type { Evidence } from '../../host/evidence.ts';
import { gapsOf, knownInPart, mapEvidence } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';
import { getJson } from './engine-answers.ts';
import type { Engine } from './engine.ts';
import type { Publish, Workload } from './workload.ts';

/** `GET /services` of the Engine API, as far as it tells what the Swarm publishes. */
const Services = z.array(
  z.object({
    ID: z.string(),
    Spec: z.object({ Name: z.string() }),
    Endpoint: z
      .object({
        Ports: z
          .array(
            z.object({
              Protocol: z.enum(['tcp', 'udp', 'sctp']).default('tcp'),
              TargetPort: z.int(),
              PublishedPort: z.int().optional(),
              PublishMode: z.string().default('ingress'),
            }),
          )
          .nullish(),
      })
      .nullish(),
  }),
);

interface Service {
  readonly id: string;
  readonly name: string;
  /** What every node of the Swarm publishes for it. */
  readonly publishes: readonly Publish[];
}

/**
 * Adds what the routing mesh publishes: no container's own settings tell of it, and every node has the port, whoever
 * runs the container (docs.docker.com/engine/swarm/ingress).
 */
export async function withIngress(
  host: Host,
  engine: Engine,
  found: Evidence<readonly Workload[]>,
): Promise<Evidence<readonly Workload[]>> {
  if (engine.swarm !== true || found.state === 'unknown') return found;
  const services = mapEvidence(
    await getJson(host, engine.sockets[0]?.path ?? '', '/services', Services),
    (all) => all.map(serviceOf),
  );
  if (services.state === 'unknown') {
    const why = `the Swarm publishes ports on this node that were not seen: ${services.detail}; a manager tells, docker service ls`;
    return knownInPart(found.value, found.source, [...gapsOf(found), why]);
  }
  const workloads = found.value.map((workload): Workload => {
    const service = services.value.find(({ id }) => id === serviceIdOf(workload));
    if (service === undefined || workload.state !== 'running') return workload;
    return { ...workload, publishes: [...workload.publishes, ...service.publishes] };
  });
  const here = new Set(workloads.flatMap((each) => (each.state === 'running' ? serviceIdOf(each) : [])));
  const elsewhere = services.value.filter(({ id, publishes }) => publishes.length > 0 && !here.has(id));
  const gaps = elsewhere.map(
    ({ name, publishes }) =>
      `${[...new Set(publishes.map(({ hostPort, proto }) => `${String(hostPort)}/${proto}`))].join(', ')} of this node leads to ${name} of the Swarm, which runs elsewhere and is not judged`,
  );
  return knownInPart(workloads, found.source, [...gapsOf(found), ...gaps]);
}

function serviceOf({ ID, Spec, Endpoint }: z.infer<typeof Services>[number]): Service {
  const ports = (Endpoint?.Ports ?? []).filter(({ PublishMode }) => PublishMode === 'ingress');
  const publishes = ports.flatMap(({ Protocol, TargetPort, PublishedPort }): Publish[] =>
    PublishedPort === undefined
      ? []
      : ['0.0.0.0', '::'].map((hostAddress) => ({
          ...{ proto: Protocol, hostAddress, hostPort: PublishedPort, containerPort: TargetPort },
          active: true,
          ingress: true,
        })),
  );
  return { id: ID, name: Spec.Name, publishes };
}

/** Of the Swarm's service that a container is a task of; `undefined`: of none. */
function serviceIdOf({ labels }: Workload): string | undefined {
  return labels['com.docker.swarm.service.id'];
}
