import type { Listener } from '../listeners/listener.ts';
import { takesPublishedPorts } from '../listeners/listener.ts';
import { namespaceOf } from '../workloads/shared-namespace.ts';
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
  /** Set for a port of a container. */
  readonly container: ContainerPort | null;
  /** Whether a socket of this machine takes what NAT did not: that of the engine's proxy. */
  readonly proxied: boolean;
  /** Whether NAT leads into a Swarm's routing mesh, and it to whoever is behind; nothing here answers itself. */
  readonly mesh: boolean;
}

export interface ContainerPort {
  readonly workload: Workload;
  readonly port: number;
  /** Otherwise it is reached at the container's own address alone, by who can route there. */
  readonly published: boolean;
}

/**
 * Every socket and every port of a container, each once: the sockets that an engine's own proxy holds for a
 * published port are that port.
 */
export function doorsOf(
  listeners: readonly Listener[],
  workloads: readonly Workload[],
  mesh: ReadonlySet<Listener> = new Set(),
): Door[] {
  const published = workloads.flatMap((workload) =>
    workload.publishes.flatMap((publish) =>
      publish.active ? doorOfPublish(workload, publish, listeners) : [],
    ),
  );
  const taken = new Set(published.map(keyOf));
  const sockets = listeners
    .filter((listener) => !mesh.has(listener))
    .map(doorOfListener)
    .filter((door) => !takesPublishedPorts(door.process) || !taken.has(keyOf(door)));
  const ofMesh = Array.from(mesh, (listener) => ({
    ...doorOfListener(listener),
    ...{ address: '0.0.0.0', bothFamilies: false, mesh: true },
  })).filter((door) => !taken.has(keyOf(door)));
  const members = membersOf(workloads);
  const inside = workloads.flatMap((workload) => containerDoors(workload, members.get(workload) ?? []));
  return [...distinct(published), ...sockets, ...distinct(ofMesh), ...inside];
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

function doorOfPublish(workload: Workload, publish: Publish, listeners: readonly Listener[]): Door[] {
  const { proto, hostAddress, hostPort, containerPort, ingress = false } = publish;
  if (proto === 'sctp') return [];
  return [
    {
      proto,
      address: hostAddress,
      port: hostPort,
      interface: null,
      bothFamilies: false,
      process: null,
      container: { workload, port: containerPort, published: true },
      proxied: !ingress && listeners.some((one) => one.proto === proto && one.port === hostPort),
      mesh: ingress,
    },
  ];
}

/** Those that now run in another container's network, by whose it is. */
function membersOf(workloads: readonly Workload[]): ReadonlyMap<Workload, readonly Workload[]> {
  const found = new Map<Workload, Workload[]>();
  for (const workload of workloads.filter(({ state }) => state === 'running')) {
    const { owner } = namespaceOf(workload, 'network', workloads);
    if (owner !== workload) found.set(owner, [...(found.get(owner) ?? []), workload]);
  }
  return found;
}

/**
 * Every port of a container at its own addresses, those of who runs in its network included: who routes there needs
 * no published port.
 */
function containerDoors(workload: Workload, members: readonly Workload[]): Door[] {
  const { addresses, publishes } = workload;
  const unpublished = [workload, ...members].flatMap((one) => one.unpublished);
  const published = publishes.flatMap(({ proto, containerPort, active, ingress = false }) =>
    active && !ingress && proto !== 'sctp' ? [{ proto, port: containerPort }] : [],
  );
  const ports = new Map(
    [...unpublished, ...published].map((one) => [`${one.proto} ${String(one.port)}`, one]),
  );
  return [...ports.values()].flatMap(({ proto, port }) =>
    addresses.map((address): Door => ({
      ...{
        proto,
        address,
        port,
        interface: null,
        bothFamilies: false,
        process: null,
        proxied: false,
        mesh: false,
      },
      container: { workload, port, published: false },
    })),
  );
}

function doorOfListener({ proto, address, port, interface: bound, v6only, process }: Listener): Door {
  return {
    proto,
    address,
    port,
    interface: bound,
    bothFamilies: address === '::' && !v6only,
    process: process?.name ?? null,
    container: null,
    proxied: false,
    mesh: false,
  };
}

/** Several replicas of a Swarm's service have one port. */
function distinct(doors: readonly Door[]): readonly Door[] {
  const seen = new Set<string>();
  return doors.filter((door) => {
    const isNew = !door.mesh || !seen.has(keyOf(door));
    seen.add(keyOf(door));
    return isNew;
  });
}

function keyOf({ proto, address, port }: Door): string {
  return `${proto} ${address} ${String(port)}`;
}
