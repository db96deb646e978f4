import { defineFact } from '../../engine/fact.ts';
import type { Exposure } from '../../engine/report.ts';
import type { Evidence } from '../../host/evidence.ts';
import { gapsOf, knownInPart } from '../../host/evidence.ts';
import type { AiService } from '../catalogue/ai-services.ts';
import { aiServicesFact } from '../catalogue/ai-services-fact.ts';
import { serviceBehind } from '../catalogue/service-behind.ts';
import { firewallFact } from '../firewall/firewall.ts';
import type { Ruleset } from '../firewall/ruleset.ts';
import type { Interface } from '../interfaces/interface.ts';
import { interfacesFact } from '../interfaces/interfaces.ts';
import { listenersFact } from '../listeners/listeners.ts';
import { networkGaps } from '../workloads/networks.ts';
import type { Workload } from '../workloads/workload.ts';
import { workloadsFact } from '../workloads/workloads.ts';
import { answersOf, isLoopback, whyNobody } from './answer.ts';
import type { Door } from './door.ts';
import { doorsOf, unfollowedPublishes } from './door.ts';
import { describe, scopeOf } from './describe.ts';

export type { Exposure };

/**
 * Who can reach which socket and which published port of this machine, by the kernel's own rules.
 *
 * Where the rules may not be read, the scope of everything beyond loopback is `unknown`.
 */
export const exposureFact = defineFact<readonly Exposure[]>({
  id: 'exposure',
  gather: async (_host, read) => {
    const [listeners, workloads, services, firewall, interfaces] = await Promise.all([
      read(listenersFact),
      read(workloadsFact),
      read(aiServicesFact),
      read(firewallFact),
      read(interfacesFact),
    ]);
    if (listeners.state === 'unknown') return listeners;
    const containers: readonly Workload[] = workloads.state === 'known' ? workloads.value : [];
    const known: readonly AiService[] = services.state === 'known' ? services.value : [];
    const exposures = doorsOf(listeners.value, containers)
      .map((door) => exposureOf(door, interfaces, firewall, known))
      .toSorted(byAddress);
    const gaps = [
      ...[workloads, interfaces, firewall].flatMap(gapsOf),
      ...unfollowedPublishes(containers),
      ...networkGaps(containers),
    ];
    return knownInPart(exposures, `${listeners.source} and the firewall`, gaps);
  },
});

function exposureOf(
  door: Door,
  interfaces: Evidence<readonly Interface[]>,
  firewall: Evidence<Ruleset>,
  services: readonly AiService[],
): Exposure {
  const { proto, address, port } = door;
  const workload = door.publish?.workload.name ?? null;
  const place = { process: door.process, workload, proto, address, port };
  const at = { service: serviceBehind(place, services)?.service.id ?? null, ...place };
  if (isLoopback(address) || door.interface === 'lo') {
    return { ...at, scope: 'loopback', reachableFrom: [], path: [], firewallSays: 'not-asked' };
  }
  if (firewall.state === 'unknown' || interfaces.state === 'unknown') {
    const path = [firewall, interfaces].flatMap(gapsOf);
    return { ...at, scope: 'unknown', reachableFrom: [], path, firewallSays: 'unknown' };
  }
  const answers = answersOf(door, interfaces.value, firewall.value);
  const nobody = answers.length === 0 ? whyNobody(door, interfaces.value) : null;
  if (nobody !== null) {
    return { ...at, scope: 'unknown', reachableFrom: [], path: [nobody], firewallSays: 'unknown' };
  }
  return { ...at, scope: scopeOf(answers), ...describe(door, answers) };
}

function byAddress(a: Exposure, b: Exposure): number {
  return a.port - b.port || compare(a.proto, b.proto) || compare(a.address, b.address);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
