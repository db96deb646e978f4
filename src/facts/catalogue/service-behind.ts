import type { Exposure } from '../../engine/report.ts';
import { remembered } from '../remember.ts';
import type { AiService } from './ai-services.ts';

type Place = Pick<Exposure, 'workload' | 'proto' | 'address' | 'port'>;

/** The catalogue service whose socket or published port this is; `null` when none is recognised. */
export function serviceBehind(place: Place, services: readonly AiService[]): AiService | null {
  return indexOf(services).get(keyOf(place)) ?? null;
}

/** Every door asks for its service among all of them. */
const indexOf = remembered((services: readonly AiService[]): ReadonlyMap<string, AiService> => {
  const index = new Map<string, AiService>();
  for (const service of services) {
    const { workload, listeners } = service;
    const places = [
      ...(workload === null ? [] : [{ ...nowhere, workload: workload.name }]),
      ...listeners.map((listener) => ({ ...listener, workload: null })),
    ];
    for (const key of places.map(keyOf)) if (!index.has(key)) index.set(key, service);
  }
  return index;
});

const nowhere = { proto: 'tcp', address: '', port: 0 } as const;

/** A container is one service, whatever its ports. */
function keyOf({ workload, proto, address, port }: Place): string {
  return workload === null ? `${proto} ${address} ${String(port)}` : `container ${workload}`;
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
