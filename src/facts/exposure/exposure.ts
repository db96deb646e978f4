import { defineFact } from '../../engine/fact.ts';
import type { Exposure } from '../../engine/report.ts';
import type { Evidence } from '../../host/evidence.ts';
import { gapsOf, knownInPart, mapEvidence } from '../../host/evidence.ts';
import type { AiService } from '../catalogue/ai-services.ts';
import { aiServicesFact } from '../catalogue/ai-services-fact.ts';
import { authenticationOf } from '../catalogue/authentication.ts';
import { serviceBehind } from '../catalogue/service-behind.ts';
import type { Listener } from '../listeners/listener.ts';
import { listenersFact } from '../listeners/listeners.ts';
import { networkGaps } from '../workloads/networks.ts';
import { swarmSocketsFact } from '../workloads/swarm-sockets.ts';
import type { Workload } from '../workloads/workload.ts';
import { workloadsFact } from '../workloads/workloads.ts';
import { answersOf, whyNobody } from './answer.ts';
import type { Door } from './door.ts';
import { doorsOf, unfollowedPublishes } from './door.ts';
import { describe, scopeOf } from './describe.ts';
import type { Network } from './network.ts';
import { networkFact } from './network.ts';
import { isLoopback } from './socket-address.ts';
import type { Vantage } from './vantage.ts';

export type { Exposure };

/** A door, and what was found of it. */
export interface AnsweredDoor {
  readonly door: Door;
  readonly exposure: Exposure;
  /** Who gets in, or may. */
  readonly open: ReadonlySet<Vantage>;
}

export const answeredDoorsFact = defineFact<readonly AnsweredDoor[]>({
  id: 'answered-doors',
  gather: async (_host, read) => {
    const [listeners, workloads, services, network, swarm] = await Promise.all([
      read(listenersFact),
      read(workloadsFact),
      read(aiServicesFact),
      read(networkFact),
      read(swarmSocketsFact),
    ]);
    if (listeners.state === 'unknown') return listeners;
    const containers: readonly Workload[] = workloads.state === 'known' ? workloads.value : [];
    const known: readonly AiService[] = services.state === 'known' ? services.value : [];
    const mesh = swarm.state === 'known' ? swarm.value.mesh : new Set<Listener>();
    const doors = doorsOf(listeners.value, containers, mesh)
      .map((door) => answeredDoor(door, network, known))
      .filter(({ door, exposure }) => isDoor(door, exposure))
      .toSorted((a, b) => byAddress(a.exposure, b.exposure));
    const gaps = [
      ...[workloads, network, swarm].flatMap(gapsOf),
      ...unfollowedPublishes(containers),
      ...networkGaps(containers),
    ];
    return knownInPart(doors, `${listeners.source} and the firewall`, gaps);
  },
});

/**
 * Who can reach which socket and which published port of this machine, by the kernel's own rules.
 *
 * Where the rules may not be read, the scope of everything beyond loopback is `unknown`.
 */
export const exposureFact = defineFact<readonly Exposure[]>({
  id: 'exposure',
  gather: async (_host, read) =>
    mapEvidence(await read(answeredDoorsFact), (doors) => doors.map(({ exposure }) => exposure)),
});

function kindOf({ container }: Door): Exposure['kind'] {
  if (container === null) return 'socket';
  return container.published ? 'published' : 'container';
}

/** What containers alone reach of a container, and nobody publishes, is how containers talk. */
function isDoor({ container }: Door, { scope }: Exposure): boolean {
  return container?.published !== false || !['loopback', 'containers'].includes(scope);
}

function answeredDoor(door: Door, network: Evidence<Network>, services: readonly AiService[]): AnsweredDoor {
  const { proto, address, port } = door;
  const workload = door.container?.workload.name ?? null;
  const kind = kindOf(door);
  const place = { process: door.process, workload, kind, proto, address, port };
  const found = serviceBehind(place, services);
  const authentication = found === null ? null : authenticationOf(found).state;
  const at = { service: found?.service.id ?? null, authentication, ...place };
  const nobody: ReadonlySet<Vantage> = new Set();
  const alone: AnsweredDoor = {
    door,
    exposure: { ...at, scope: 'loopback', reachableFrom: [], path: [], firewallSays: 'not-asked' },
    open: nobody,
  };
  const unknown = (why: string): AnsweredDoor => ({
    door,
    exposure: { ...at, scope: 'unknown', reachableFrom: [], path: [why], firewallSays: 'unknown' },
    open: nobody,
  });
  if (door.interface === 'lo') return alone;
  if (network.state === 'unknown') return isLoopback(address) ? alone : unknown(network.detail);
  const why = whyNobody(door, network.value.interfaces);
  if (why !== null) return unknown(why);
  const answers = answersOf(door, network.value);
  const scope = scopeOf(answers);
  if (answers.length === 0 || (scope === 'loopback' && isLoopback(address))) return alone;
  const open = answers.filter(({ decision: { verdict } }) => verdict === 'accept' || verdict === 'unknown');
  return {
    door,
    exposure: { ...at, scope, ...describe(door, answers) },
    open: new Set(open.map(({ vantage }) => vantage)),
  };
}

function byAddress(a: Exposure, b: Exposure): number {
  return a.port - b.port || compare(a.proto, b.proto) || compare(a.address, b.address);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
