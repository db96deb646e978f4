import * as z from 'zod';
import type { Host } from '../../host/host.ts';
import { getJson } from './engine-answers.ts';
import type { Engine } from './engine.ts';
import type { Publish, Workload } from './workload.ts';

/** `GET /services` of the Engine API, as far as it tells what the Swarm publishes. */
const Services = z.array(
  z.object({
    ID: z.string(),
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

/**
 * Adds what the routing mesh publishes for the containers of this node: none of their own settings tell of it
 * (docs.docker.com/engine/swarm/ingress). Only a manager tells; elsewhere their ports are not known.
 */
export async function withIngress(
  host: Host,
  engine: Engine,
  workloads: readonly Workload[],
): Promise<readonly Workload[]> {
  if (engine.swarm !== true || workloads.every((workload) => serviceIdOf(workload) === undefined))
    return workloads;
  const services = await getJson(host, engine.sockets[0]?.path ?? '', '/services', Services);
  return workloads.map((workload): Workload => {
    const id = serviceIdOf(workload);
    if (id === undefined || workload.state !== 'running') return workload;
    if (services.state === 'unknown') {
      const why = `what the Swarm publishes for it was not seen: ${services.detail}; ask a manager, docker service ls`;
      return { ...workload, unsettled: new Map([...workload.unsettled, ['ports', why]]) };
    }
    const service = services.value.find(({ ID }) => ID === id);
    return { ...workload, publishes: [...workload.publishes, ...ingressOf(service)] };
  });
}

/** The mesh takes IPv4 alone. */
function ingressOf(service: z.infer<typeof Services>[number] | undefined): readonly Publish[] {
  return (service?.Endpoint?.Ports ?? []).flatMap((port): Publish[] => {
    const { Protocol, TargetPort, PublishedPort, PublishMode } = port;
    if (PublishMode !== 'ingress' || PublishedPort === undefined) return [];
    const ports = { hostPort: PublishedPort, containerPort: TargetPort };
    return [{ proto: Protocol, hostAddress: '0.0.0.0', ...ports, active: true, ingress: true }];
  });
}

/** Of the Swarm's service that a container is a task of; `undefined`: of none. */
function serviceIdOf({ labels }: Workload): string | undefined {
  return labels['com.docker.swarm.service.id'];
}
