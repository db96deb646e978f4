import type { Exposure } from '../../engine/report.ts';
import { remembered } from '../remember.ts';
import type { Workload } from '../workloads/workload.ts';
import type { AiService } from './ai-services.ts';
import { authenticationOf } from './authentication.ts';

type Place = Pick<Exposure, 'workload' | 'kind' | 'proto' | 'address' | 'port'>;

/** The catalogue service whose socket or published port this is; `null` when none is recognised. */
export function serviceBehind(place: Place, services: readonly AiService[]): AiService | null {
  const { byNetwork, bySocket } = indexOf(services);
  if (place.workload === null) return bySocket.get(socketKey(place)) ?? null;
  return likeliest(place, byNetwork.get(place.workload) ?? []);
}

interface ServiceIndex {
  /** All that run in the network of a container, whoever's containers they are themselves. */
  readonly byNetwork: ReadonlyMap<string, readonly AiService[]>;
  readonly bySocket: ReadonlyMap<string, AiService>;
}

/** Every door asks for its service among all of them. */
const indexOf = remembered((services: readonly AiService[]): ServiceIndex => {
  const byNetwork = new Map<string, AiService[]>();
  const bySocket = new Map<string, AiService>();
  for (const service of services) {
    const owner = networkOwnerOf(service);
    if (owner !== null) {
      const members = byNetwork.get(owner.name);
      if (members === undefined) byNetwork.set(owner.name, [service]);
      else members.push(service);
    }
    for (const key of service.listeners.map(socketKey)) {
      // Of several, the first counts.
      if (!bySocket.has(key)) bySocket.set(key, service);
    }
  }
  return { byNetwork, bySocket };
});

function networkOwnerOf({ networkOwner, workload }: AiService): Workload | null {
  return networkOwner ?? workload;
}

/**
 * Who of those in one network has a port: alone, it has every port; of several, those whose product has that port;
 * and where that does not tell them apart, the one that asks the least of a client.
 */
function likeliest(place: Place, members: readonly AiService[]): AiService | null {
  const [first, ...others] = members;
  if (first === undefined || others.length === 0) return first ?? null;
  const inside = insidePort(place, networkOwnerOf(first));
  const known = members.filter(({ service }) =>
    service.ports.some(({ proto, port }) => proto === place.proto && port === inside),
  );
  const candidates = known.length > 0 ? known : members;
  const weakest = candidates.toSorted((a, b) => strengthOf(a) - strengthOf(b));
  return weakest[0] ?? null;
}

/** The port in the container that a place leads to. */
function insidePort({ kind, proto, address, port }: Place, owner: Workload | null): number | undefined {
  if (kind === 'container') return port;
  return owner?.publishes.find(
    (one) => one.proto === proto && one.hostAddress === address && one.hostPort === port,
  )?.containerPort;
}

const strengths = { none: 0, unknown: 1, partial: 2, proved: 3 } as const;

function strengthOf(service: AiService): number {
  return strengths[authenticationOf(service).state];
}

function socketKey({ proto, address, port }: Pick<Place, 'proto' | 'address' | 'port'>): string {
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
