import { defineFact } from '../../engine/fact.ts';
import type { Evidence } from '../../host/evidence.ts';
import { gapsOf, knownInPart } from '../../host/evidence.ts';
import type { Listener } from '../listeners/listener.ts';
import { listenersFact } from '../listeners/listeners.ts';
import type { Process } from '../processes.ts';
import { processesFact } from '../processes.ts';
import type { Unit } from '../units/unit.ts';
import { unitsFact } from '../units/units.ts';
import type { SwarmSockets } from '../workloads/swarm-sockets.ts';
import { swarmSocketsFact } from '../workloads/swarm-sockets.ts';
import type { Workload } from '../workloads/workload.ts';
import { workloadsFact } from '../workloads/workloads.ts';
import { withAbsentPlaces } from './absent-places.ts';
import type { AiService } from './ai-services.ts';
import { findAiServices } from './find-ai-services.ts';

/**
 * Every catalogue service on the host, recognised by image, unit, process and, last, port.
 *
 * What could not be read (containers without root, processes of a disk image) is a gap: services may
 * be hidden in it.
 */
export const aiServicesFact = defineFact<readonly AiService[]>({
  id: 'ai-services',
  kinds: ['live', 'rootfs', 'snapshot', 'project'],
  gather: async (host, read) => {
    const [workloads, units, processes, listeners, swarm] = await Promise.all([
      read(workloadsFact),
      read(unitsFact),
      read(processesFact),
      read(listenersFact),
      read(swarmSocketsFact),
    ]);
    const ofSwarm: Partial<SwarmSockets> = swarm.state === 'known' ? swarm.value : {};
    const found = await findAiServices(host, {
      workloads: valueOr<readonly Workload[]>(workloads, []),
      units: valueOr<readonly Unit[]>(units, []),
      processes: valueOr<readonly Process[]>(processes, []),
      listeners: valueOr<readonly Listener[]>(listeners, []).filter(
        (listener) => ofSwarm.mesh?.has(listener) !== true && ofSwarm.cluster?.has(listener) !== true,
      ),
    });
    const services = await withAbsentPlaces(host, found);
    // Files have no processes and no listeners: that they do not show any is no blind spot.
    const ownerless = host.origin.privileged ? [] : ownersUnseen(valueOr<readonly Listener[]>(listeners, []));
    const gaps = [workloads, units, ...(host.origin.running ? [processes, listeners] : [])].flatMap(gapsOf);
    return knownInPart(services, 'the service catalogue', [...gaps, ...ownerless]);
  },
});

function ownersUnseen(listeners: readonly Listener[]): readonly string[] {
  const unseen = listeners.filter(({ process }) => process === null).map(({ port }) => String(port));
  if (unseen.length === 0) return [];
  return [`who listens on ${[...new Set(unseen)].join(', ')} may not be seen: run as root`];
}

function valueOr<T>(evidence: Evidence<T>, otherwise: T): T {
  return evidence.state === 'known' ? evidence.value : otherwise;
}
