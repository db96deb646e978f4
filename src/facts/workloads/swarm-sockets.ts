import { defineFact } from '../../engine/fact.ts';
import { known } from '../../host/evidence.ts';
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

/** Empty where no engine says that it is part of a Swarm. */
export const swarmSocketsFact = defineFact<SwarmSockets>({
  id: 'swarm-sockets',
  gather: async (_host, read) => {
    const [engines, listeners] = await Promise.all([read(enginesFact), read(listenersFact)]);
    const all = engines.state === 'known' ? engines.value : [];
    const isNode = all.some(({ swarm }) => swarm === true);
    const held =
      isNode && listeners.state === 'known'
        ? listeners.value.filter(({ process }) => process?.name === 'dockerd')
        : [];
    const api = new Set(
      all
        .flatMap(({ options }) => addressesOf(options))
        .flatMap((address) => {
          const port = /^tcp:\/\/.*:(\d+)/.exec(address)?.[1];
          return port === undefined ? (address.startsWith('tcp:') ? [2375, 2376] : []) : [Number(port)];
        }),
    );
    const others = held.filter(({ port }) => !api.has(port));
    return known(
      {
        mesh: new Set(others.filter(({ port }) => !clusterPorts.has(port))),
        cluster: new Set(others.filter(({ port }) => clusterPorts.has(port))),
      },
      'listening sockets',
    );
  },
});
