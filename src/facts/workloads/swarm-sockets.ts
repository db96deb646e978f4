import { defineFact } from '../../engine/fact.ts';
import { knownInPart } from '../../host/evidence.ts';
import type { Listener } from '../listeners/listener.ts';
import { listenersFact } from '../listeners/listeners.ts';
import { enginesFact } from './engine.ts';
import { addressesOf } from './engine-configuration.ts';

/** What dockerd holds for a Swarm, which is not its API. */
export interface SwarmSockets {
  /**
   * One for each port of the routing mesh, so that nobody else takes it: NAT leads into the mesh, and who comes past it
   * is never answered (moby, libnetwork/service_linux.go, `plumbIngressPortsProxy`).
   */
  readonly mesh: ReadonlySet<Listener>;
  /** Between the nodes, with certificates of their own; docs.docker.com/engine/swarm/swarm-tutorial. */
  readonly cluster: ReadonlySet<Listener>;
}

const clusterPorts: ReadonlySet<number> = new Set([2377, 7946, 4789]);

/** Empty where no engine says that it is part of a Swarm; a gap where one does not say whether it is. */
export const swarmSocketsFact = defineFact<SwarmSockets>({
  id: 'swarm-sockets',
  gather: async (_host, read) => {
    const [engines, listeners] = await Promise.all([read(enginesFact), read(listenersFact)]);
    if (engines.state === 'unknown') return engines;
    if (listeners.state === 'unknown') return listeners;
    const all = engines.value;
    const held = listeners.value.filter(({ process }) => process?.name === 'dockerd');
    const api = new Set(
      all
        .flatMap(({ options }) => addressesOf(options))
        .flatMap((address) => {
          const port = /^tcp:\/\/.*:(\d+)/.exec(address)?.[1];
          return port === undefined ? (address.startsWith('tcp:') ? [2375, 2376] : []) : [Number(port)];
        }),
    );
    const others = held.filter(({ port }) => !api.has(port));
    const isNode = all.some(({ swarm }) => swarm === true);
    const isUnclear = !isNode && others.length > 0 && all.some(({ swarm }) => swarm === null);
    const ports = [...new Set(others.map(({ port }) => String(port)))].join(', ');
    const of = (isCluster: boolean) =>
      new Set(isNode ? others.filter(({ port }) => clusterPorts.has(port) === isCluster) : []);
    return knownInPart(
      { mesh: of(false), cluster: of(true) },
      'listening sockets',
      isUnclear
        ? [`whether dockerd holds ${ports} for a Swarm was not seen: who gets in there is not known`]
        : [],
    );
  },
});
