import type { Exposure } from '../../engine/report.ts';
import type { AiService } from './ai-services.ts';

type Place = Pick<Exposure, 'workload' | 'proto' | 'address' | 'port'>;

/** The catalogue service whose socket or published port this is; `null` when none is recognised. */
export function serviceBehind(place: Place, services: readonly AiService[]): AiService | null {
  const index = indexes.get(services) ?? indexOf(services);
  indexes.set(services, index);
  return index.get(keyOf(place)) ?? null;
}

/** Every door asks for its service among all of them. */
const indexes = new WeakMap<readonly AiService[], ReadonlyMap<string, AiService>>();

function indexOf(services: readonly AiService[]): ReadonlyMap<string, AiService> {
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
}

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
  const known =
    groups.get(exposures) ?? new WeakMap<readonly AiService[], ReadonlyMap<AiService, Exposure[]>>();
  groups.set(exposures, known);
  const found = known.get(services) ?? groupOf(exposures, services);
  known.set(services, found);
  return found.get(service) ?? [];
}

const groups = new WeakMap<
  readonly Exposure[],
  WeakMap<readonly AiService[], ReadonlyMap<AiService, Exposure[]>>
>();

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
