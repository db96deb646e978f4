import type { Exposure } from '../../engine/report.ts';
import { remembered } from '../remember.ts';
import type { AiService } from './ai-services.ts';

type Place = Pick<Exposure, 'workload' | 'proto' | 'address' | 'port'>;

/** The catalogue service whose socket or published port this is; `null` when none is recognised. */
export function serviceBehind(place: Place, services: readonly AiService[]): AiService | null {
  const { byContainer, bySocket } = indexOf(services);
  const found = place.workload === null ? bySocket.get(socketKey(place)) : byContainer.get(place.workload);
  return found ?? null;
}

/** A container is one service, whatever its ports. */
interface ServiceIndex {
  readonly byContainer: ReadonlyMap<string, AiService>;
  readonly bySocket: ReadonlyMap<string, AiService>;
}

/** Every door asks for its service among all of them. */
const indexOf = remembered((services: readonly AiService[]): ServiceIndex => {
  const byContainer = new Map<string, AiService>();
  const bySocket = new Map<string, AiService>();
  // Of several, the first counts.
  for (const service of services.toReversed()) {
    if (service.workload !== null) byContainer.set(service.workload.name, service);
    for (const key of service.listeners.map(socketKey)) bySocket.set(key, service);
  }
  return { byContainer, bySocket };
});

function socketKey({ proto, address, port }: Omit<Place, 'workload'>): string {
  return `${proto} ${address} ${String(port)}`;
}

/** What is known of the reach of each service, by the sockets and ports that are its. */
export function exposuresOf(
  service: AiService,
  exposures: readonly Exposure[],
  services: readonly AiService[],
): readonly Exposure[] {
  return groupsOf(exposures)(services).get(service) ?? [];
}

const groupsOf = remembered((exposures: readonly Exposure[]) =>
  remembered((services: readonly AiService[]) => groupOf(exposures, services)),
);

function groupOf(
  exposures: readonly Exposure[],
  services: readonly AiService[],
): ReadonlyMap<AiService, Exposure[]> {
  const found = new Map<AiService, Exposure[]>();
  for (const exposure of exposures) {
    const service = serviceBehind(exposure, services);
    if (service === null) continue;
    const own = found.get(service) ?? [];
    own.push(exposure);
    found.set(service, own);
  }
  return found;
}
