import type { Evidence } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';
import type { Listener } from '../listeners/listener.ts';
import { isEngineProxy, takesPublishedPorts } from '../listeners/listener.ts';
import type { Process } from '../processes.ts';
import type { Unit } from '../units/unit.ts';
import { namespaceOf } from '../workloads/shared-namespace.ts';
import type { Workload } from '../workloads/workload.ts';
import type { AiService } from './ai-services.ts';
import type { CatalogueService } from './catalogue.ts';
import { catalogue } from './catalogue.ts';
import type { Environment } from './process-environment.ts';
import { environmentOf } from './process-environment.ts';
import { recogniseImage, recogniseProcess } from './recognise.ts';

/** Everything that a service can be recognised in. */
interface Seen {
  readonly workloads: readonly Workload[];
  readonly units: readonly Unit[];
  readonly processes: readonly Process[];
  readonly listeners: readonly Listener[];
}

/** Surest first; what one way recognised, the next leaves alone. */
export async function findAiServices(host: Host, seen: Seen): Promise<AiService[]> {
  const inContainers = seen.workloads.flatMap((workload) => fromWorkload(workload, seen));
  const inUnits = (await Promise.all(seen.units.map((unit) => fromUnit(host, unit, seen)))).flat();
  const taken = new Set([...inContainers, ...inUnits].flatMap(({ processes }) => processes));
  const free = seen.processes.filter((process) => !taken.has(process));
  const alone = await Promise.all(processGroups(free).map((group) => fromProcesses(host, group, seen)));
  const named = [...inContainers, ...inUnits, ...alone];
  const owned = new Set(named.flatMap(({ listeners }) => listeners));
  const unowned = seen.listeners.filter((listener) => !owned.has(listener) && !isKernels(listener, host));
  return [...named, ...unowned.flatMap(fromPort)];
}

function fromWorkload(workload: Workload, seen: Seen): AiService[] {
  const processes = seen.processes.filter(
    ({ containerId }) => containerId !== null && containerId === workload.id,
  );
  const service =
    recogniseImage(workload.image.repository) ??
    processes.map(recogniseProcess).find((found) => found !== null) ??
    null;
  if (service === null) return [];
  const published = seen.listeners.filter((listener) => isPublishOf(listener, workload));
  const { owner } = namespaceOf(workload, 'network', seen.workloads);
  return [
    {
      service,
      label: `${service.id} (container ${workload.name})`,
      by: 'image',
      processes,
      unit: null,
      workload,
      ...(owner === workload ? {} : { networkOwner: owner }),
      listeners: [...published, ...listenersOf(processes, seen)],
      environment: workload.environment,
      argv: workload.command,
      unseen: null,
    },
  ];
}

function isPublishOf(listener: Listener, workload: Workload): boolean {
  return (
    takesPublishedPorts(listener.process?.name ?? null) &&
    workload.publishes.some(({ proto, hostPort }) => proto === listener.proto && hostPort === listener.port)
  );
}

async function fromUnit(host: Host, unit: Unit, seen: Seen): Promise<AiService[]> {
  // Then it is found as that container.
  if (unit.startsContainers.length > 0) return [];
  const service = catalogue().services.find(({ id }) => id === unit.service);
  if (service === undefined) return [];
  // What an engine's proxy forwards is a container's, also where that was not seen.
  const processes = seen.processes.filter(
    (process) => process.unit === unit.name && !isEngineProxy(process.name),
  );
  const written = Object.fromEntries(
    Object.entries(unit.environment).map(([name, { value }]) => [name, value]),
  );
  const unread = unit.unread.length === 0 ? null : `${unit.unread.join(', ')} could not be read`;
  return [
    {
      service,
      label: `${service.id} (${unit.name})`,
      by: 'unit',
      processes,
      unit,
      workload: null,
      listeners: listenersOf(processes, seen),
      argv: unit.execStart.flatMap(({ argv }) => argv),
      ...((await runningEnvironment(host, service, processes)) ?? { environment: written, unseen: unread }),
    },
  ];
}

/**
 * What a unit's process was started with, which its files may have left behind; `null` where nothing
 * runs, or the process does not tell, so that the files have to do.
 */
async function runningEnvironment(
  host: Host,
  service: CatalogueService,
  processes: readonly Process[],
): Promise<Pick<AiService, 'environment' | 'unseen'> | null> {
  const own = processes.filter((process) => recogniseProcess(process)?.id === service.id);
  const pids = new Set(processes.map(({ pid }) => pid));
  const first = own[0] ?? processes.find(({ ppid }) => !pids.has(ppid));
  if (first === undefined) return null;
  const environment = await environmentOf(host, first);
  if (environment.state === 'unknown') {
    return host.origin.privileged ? { environment: {}, unseen: environment.detail } : null;
  }
  return environment.value === null ? null : { environment: environment.value, unseen: null };
}

interface ProcessGroup {
  readonly service: CatalogueService;
  readonly processes: readonly [Process, ...Process[]];
}

/** Processes of one service that descend from one another are one instance. */
function processGroups(processes: readonly Process[]): ProcessGroup[] {
  const groups = new Map<number, { service: CatalogueService; processes: [Process, ...Process[]] }>();
  const rootOf = new Map<number, number>();
  for (const process of processes.toSorted((a, b) => a.pid - b.pid)) {
    const service = recogniseProcess(process);
    if (service === null) continue;
    const parent = rootOf.get(process.ppid);
    const group = parent === undefined ? undefined : groups.get(parent);
    if (parent !== undefined && group?.service === service) {
      group.processes.push(process);
      rootOf.set(process.pid, parent);
    } else {
      groups.set(process.pid, { service, processes: [process] });
      rootOf.set(process.pid, process.pid);
    }
  }
  return [...groups.values()];
}

async function fromProcesses(
  host: Host,
  { service, processes }: ProcessGroup,
  seen: Seen,
): Promise<AiService> {
  const [first] = processes;
  const environment = await environmentOf(host, first);
  return {
    service,
    label: `${service.id} (pid ${String(first.pid)})`,
    by: 'process',
    processes,
    unit: null,
    workload: null,
    listeners: listenersOf(processes, seen),
    environment: (environment.state === 'known' && environment.value) || {},
    argv: first.argv,
    unseen: unseenOf(environment),
  };
}

/** A process that wrote its title over its environment may have been started with anything. */
function unseenOf(environment: Evidence<Environment | null>): string | null {
  if (environment.state === 'unknown') return environment.detail;
  return environment.value === null ? `${environment.source} does not hold the environment any more` : null;
}

function listenersOf(processes: readonly Process[], seen: Seen): Listener[] {
  const pids = new Set(processes.map(({ pid }) => pid));
  return seen.listeners.filter(({ process }) => process !== null && pids.has(process.pid));
}

/** What has no owner for root is the kernel's own, as WireGuard's ports are. */
function isKernels({ proto, process }: Listener, host: Host): boolean {
  return proto === 'udp' && process === null && host.origin.privileged;
}

/** A guess, where nobody can say who listens and one service alone has that port. */
function fromPort(listener: Listener): AiService[] {
  if (listener.process !== null) return [];
  const claims = catalogue().services.filter(({ ports }) =>
    ports.some(({ port, proto }) => port === listener.port && proto === listener.proto),
  );
  const [service] = claims;
  if (service === undefined || claims.length > 1) return [];
  return [
    {
      service,
      label: `${service.id} (port ${String(listener.port)}, a guess)`,
      by: 'port',
      processes: [],
      unit: null,
      workload: null,
      listeners: [listener],
      environment: {},
      argv: [],
      unseen: 'the process may not be seen: run as root',
    },
  ];
}
