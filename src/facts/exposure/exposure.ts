import { defineFact } from '../../engine/fact.ts';
import type { Exposure } from '../../engine/report.ts';
import type { Evidence } from '../../host/evidence.ts';
import { gapsOf, knownInPart } from '../../host/evidence.ts';
import type { AiService } from '../catalogue/ai-services.ts';
import { aiServicesFact } from '../catalogue/ai-services-fact.ts';
import { authenticationOf } from '../catalogue/authentication.ts';
import { serviceBehind } from '../catalogue/service-behind.ts';
import { listenersFact } from '../listeners/listeners.ts';
import { networkGaps } from '../workloads/networks.ts';
import type { Workload } from '../workloads/workload.ts';
import { workloadsFact } from '../workloads/workloads.ts';
import { answersOf, whyNobody } from './answer.ts';
import type { Door } from './door.ts';
import { doorsOf, unfollowedPublishes } from './door.ts';
import { describe, scopeOf } from './describe.ts';
import type { Network } from './network.ts';
import { networkFact } from './network.ts';
import { isLoopback } from './socket-address.ts';

export type { Exposure };

/**
 * Who can reach which socket and which published port of this machine, by the kernel's own rules.
 *
 * Where the rules may not be read, the scope of everything beyond loopback is `unknown`.
 */
export const exposureFact = defineFact<readonly Exposure[]>({
  id: 'exposure',
  gather: async (_host, read) => {
    const [listeners, workloads, services, network] = await Promise.all([
      read(listenersFact),
      read(workloadsFact),
      read(aiServicesFact),
      read(networkFact),
    ]);
    if (listeners.state === 'unknown') return listeners;
    const containers: readonly Workload[] = workloads.state === 'known' ? workloads.value : [];
    const known: readonly AiService[] = services.state === 'known' ? services.value : [];
    const exposures = doorsOf(listeners.value, containers)
      .map((door) => ({ door, exposure: exposureOf(door, network, known) }))
      .filter(({ door, exposure }) => isDoor(door, exposure))
      .map(({ exposure }) => exposure)
      .toSorted(byAddress);
    const gaps = [
      ...[workloads, network].flatMap(gapsOf),
      ...unfollowedPublishes(containers),
      ...networkGaps(containers),
    ];
    return knownInPart(exposures, `${listeners.source} and the firewall`, gaps);
  },
});

function kindOf({ container }: Door): Exposure['kind'] {
  if (container === null) return 'socket';
  return container.published ? 'published' : 'container';
}

/** What containers alone reach of a container, and nobody publishes, is how containers talk. */
function isDoor({ container }: Door, { scope }: Exposure): boolean {
  return container?.published !== false || !['loopback', 'containers'].includes(scope);
}

function exposureOf(door: Door, network: Evidence<Network>, services: readonly AiService[]): Exposure {
  const { proto, address, port } = door;
  const workload = door.container?.workload.name ?? null;
  const kind = kindOf(door);
  const place = { process: door.process, workload, kind, proto, address, port };
  const found = serviceBehind(place, services);
  const authentication = found === null ? null : authenticationOf(found).state;
  const at = { service: found?.service.id ?? null, authentication, ...place };
  const alone: Exposure = {
    ...at,
    ...{ scope: 'loopback', reachableFrom: [], path: [], firewallSays: 'not-asked' },
  };
  const unknown = (why: readonly string[]): Exposure => ({
    ...at,
    ...{ scope: 'unknown', reachableFrom: [], path: [...why], firewallSays: 'unknown' },
  });
  if (door.interface === 'lo') return alone;
  if (network.state === 'unknown') return isLoopback(address) ? alone : unknown([network.detail]);
  const nobody = whyNobody(door, network.value.interfaces);
  if (nobody !== null) return unknown([nobody]);
  const answers = answersOf(door, network.value);
  const scope = scopeOf(answers);
  if (answers.length === 0 || (scope === 'loopback' && isLoopback(address))) return alone;
  return { ...at, scope, ...describe(door, answers) };
}

function byAddress(a: Exposure, b: Exposure): number {
  return a.port - b.port || compare(a.proto, b.proto) || compare(a.address, b.address);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
