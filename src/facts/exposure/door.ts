import type { Listener } from '../listeners/listener.ts';
import type { Publish, Workload } from '../workloads/workload.ts';

/** A way in: a socket of the host, or a port that a container engine publishes. */
export interface Door {
  readonly proto: 'tcp' | 'udp';
  readonly address: string;
  readonly port: number;
  /** The one interface that it is bound to. */
  readonly interface: string | null;
  /** Whether the wildcard `::` takes IPv4 as well. */
  readonly bothFamilies: boolean;
  readonly process: string | null;
  /** Set for a published port. */
  readonly publish: { readonly workload: Workload; readonly containerPort: number } | null;
}

/**
 * Every socket and every published port, each once: the sockets that an engine's own proxy holds for a
 * published port are that port.
 */
export function doorsOf(listeners: readonly Listener[], workloads: readonly Workload[]): Door[] {
  const published = workloads.flatMap((workload) =>
    workload.publishes.flatMap((publish) => (publish.active ? doorOfPublish(workload, publish) : [])),
  );
  const taken = new Set(published.map(keyOf));
  const sockets = listeners
    .map(doorOfListener)
    .filter((door) => !isEngineProxy(door) || !taken.has(keyOf(door)));
  return [...published, ...sockets];
}

/** Published ports that nobody follows: a sentence for each, since they may be open. */
export function unfollowedPublishes(workloads: readonly Workload[]): string[] {
  return workloads.flatMap(({ name, publishes }) =>
    publishes
      .filter(({ proto, active }) => proto === 'sctp' && active)
      .map(
        ({ hostPort }) =>
          `who reaches ${String(hostPort)}/sctp of container ${name} is not judged: only tcp and udp are`,
      ),
  );
}

function doorOfPublish(workload: Workload, publish: Publish): Door[] {
  const { proto, hostAddress, hostPort, containerPort } = publish;
  if (proto === 'sctp') return [];
  return [
    {
      proto,
      address: hostAddress,
      port: hostPort,
      interface: null,
      bothFamilies: false,
      process: null,
      publish: { workload, containerPort },
    },
  ];
}

function doorOfListener({ proto, address, port, interface: bound, v6only, process }: Listener): Door {
  return {
    proto,
    address,
    port,
    interface: bound,
    bothFamilies: address === '::' && !v6only,
    process: process?.name ?? null,
    publish: null,
  };
}

/** docker-proxy, or Podman's rootlessport: it takes what NAT did not. */
function isEngineProxy({ process }: Door): boolean {
  return process === 'docker-proxy' || process === 'rootlessport';
}

function keyOf({ proto, address, port }: Door): string {
  return `${proto} ${address} ${String(port)}`;
}
