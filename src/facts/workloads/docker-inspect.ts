import { countProcessors } from '../capacity.ts';
import { confinementOf, shortened } from './confinement.ts';
import { gpuOf } from './gpu-request.ts';
import { parseImageReference } from './image-reference.ts';
import type { AskedMount, HostConfig, Inspect, InspectMount } from './inspect-format.ts';
import { openAmong } from './networks.ts';
import { publishesOf, unpublishedOf } from './publishes.ts';
import { submountsAsked } from './submounts.ts';
import type { Limits, Mount, Workload } from './workload.ts';

/** What is known of the engine beside the container itself. */
export interface InspectContext {
  readonly origin: string;
  /** As {@link Workload} has it. */
  readonly engine: string | null;
  readonly directory: string | null;
  /** `null` when it is not known. */
  readonly defaultRuntime: string | null;
  /** Host directory or device that a named volume binds through its options. */
  readonly boundVolumes: ReadonlyMap<string, string>;
}

/** A container as the engine inspects it, in the common shape. Paths are not resolved yet. */
export function workloadOf(inspect: Inspect, context: InspectContext): Workload {
  const { Config, HostConfig: host, NetworkSettings } = inspect;
  const environment = environmentOf(Config.Env);
  const networks = Object.keys(NetworkSettings.Networks ?? {}).toSorted();
  return {
    source: 'docker',
    name: inspect.Name.replace(/^\//, ''),
    origin: context.origin,
    places: new Map(),
    unsettled: new Map(),
    id: inspect.Id,
    engine: context.engine,
    unseen: [],
    mapsRoot: false,
    state: stateOf(inspect.State.Status),
    pid: inspect.State.Pid > 0 ? inspect.State.Pid : null,
    kernel: null,
    autoRemove: host.AutoRemove,
    directory: isReplaced(inspect) ? null : context.directory,
    image: parseImageReference(Config.Image),
    privileged: host.Privileged,
    capAdd: host.CapAdd.map(capabilityName),
    capDrop: host.CapDrop.map(capabilityName),
    securityOpt: shortened(host.SecurityOpt),
    confinement: confinementOfInspect(inspect),
    user: Config.User,
    groupAdd: host.GroupAdd,
    readonlyRootfs: host.ReadonlyRootfs,
    namespaces: namespacesOf(host),
    // The engine keeps them in a map: their order means nothing.
    mounts: (inspect.Mounts ?? [])
      .map((mount) => mountOf(mount, context.boundVolumes, host.Mounts ?? []))
      .toSorted((a, b) => (a.target < b.target ? -1 : 1)),
    devices: (host.Devices ?? []).map((device) => ({
      host: device.PathOnHost,
      container: device.PathInContainer,
      permissions: device.CgroupPermissions,
      type: null,
    })),
    deviceRules: host.DeviceCgroupRules,
    gpu: gpuOf(host, environment, context.defaultRuntime),
    maskedProc: isProcMasked(host),
    limits: limitsOf(host),
    publishes: publishesOf(inspect),
    networks,
    addresses: Object.values(NetworkSettings.Networks ?? {})
      .flatMap((each) => [each?.IPAddress ?? '', each?.GlobalIPv6Address ?? ''])
      .filter((address) => address !== '')
      .toSorted(),
    unpublished: unpublishedOf(inspect),
    openNetworks: openAmong(networks, host.NetworkMode, null),
    restart: restartOf(host.RestartPolicy.Name),
    healthcheck: healthcheckOf(Config.Healthcheck?.Test ?? []),
    environment,
    command: [inspect.Path, ...inspect.Args].filter((word) => word !== ''),
    labels: Config.Labels ?? {},
    runtime: host.Runtime === '' ? null : host.Runtime,
  };
}

/** Whether who stops the container gets another one, or none: what edits its definition would change nothing. */
function isReplaced({ HostConfig, Config }: Inspect): boolean {
  return HostConfig.AutoRemove || Config.Labels?.['com.docker.swarm.task.id'] !== undefined;
}

function stateOf(status: string): Workload['state'] {
  if (status === 'created') return 'created';
  return ['running', 'paused', 'restarting'].includes(status) ? 'running' : 'stopped';
}

export function capabilityName(name: string): string {
  return name.toUpperCase().replace(/^CAP_/, '');
}

function confinementOfInspect({ AppArmorProfile, HostConfig: { SecurityOpt } }: Inspect) {
  const confinement = confinementOf(SecurityOpt);
  return AppArmorProfile === 'unconfined' ? { ...confinement, appArmor: 'off' as const } : confinement;
}

function namespacesOf(host: HostConfig): Workload['namespaces'] {
  const own = (mode: string) => (mode === '' ? 'private' : mode);
  return {
    network: host.NetworkMode === 'default' || host.NetworkMode === '' ? 'bridge' : host.NetworkMode,
    pid: own(host.PidMode),
    ipc: own(host.IpcMode),
    uts: own(host.UTSMode),
    user: host.UsernsMode === '' ? 'default' : host.UsernsMode,
    // An engine before 20.10 makes none, and a newer one makes none for a container of such an engine.
    cgroup: host.CgroupnsMode === '' ? 'host' : host.CgroupnsMode,
  };
}

const mountTypes: readonly string[] = ['bind', 'volume', 'tmpfs', 'npipe'];

function mountOf(
  mount: InspectMount,
  boundVolumes: ReadonlyMap<string, string>,
  asked: readonly AskedMount[],
): Mount {
  const submounts = submountsAsked(asked.find(({ Target }) => Target === mount.Destination));
  const bound = mount.Type === 'volume' ? boundVolumes.get(mount.Name) : undefined;
  const source = bound ?? mount.Source;
  const type = mountTypes.includes(mount.Type) ? (mount.Type as Mount['type']) : 'other';
  return {
    type: bound === undefined ? type : 'bind',
    source,
    real: source,
    target: mount.Destination,
    writable: mount.RW,
    ...(submounts === null ? {} : { submounts }),
    propagation: mount.Propagation,
  };
}

/** A list that is not set (null, or no such field) is the engine's own, seen with 20.10. */
function isProcMasked({ Privileged, MaskedPaths, ReadonlyPaths }: HostConfig): boolean {
  if (Privileged) return false;
  return (MaskedPaths?.includes('/proc/kcore') ?? true) && (ReadonlyPaths?.includes('/proc/sys') ?? true);
}

/** The engine's zero, -1 and null all mean no limit. CpuShares only weigh, they do not bound. */
function limitsOf(host: HostConfig): Limits {
  const { Memory, NanoCpus, CpuQuota, CpuPeriod, CpusetCpus, PidsLimit } = host;
  const share = CpuQuota > 0 ? CpuQuota / (CpuPeriod > 0 ? CpuPeriod : 100_000) : null;
  return {
    memoryBytes: Memory > 0 ? Memory : null,
    cpus: processorsOf(NanoCpus > 0 ? NanoCpus / 1e9 : share, CpusetCpus),
    pids: PidsLimit !== null && PidsLimit !== undefined && PidsLimit > 0 ? PidsLimit : null,
  };
}

/** The lesser of a quota and the processors that it may run on. */
export function processorsOf(quota: number | null, list: string): number | null {
  const bounds = [quota, countProcessors(list)].filter((bound) => bound !== null);
  return bounds.length === 0 ? null : Math.min(...bounds);
}

function restartOf(name: string): Workload['restart'] {
  return name === 'always' || name === 'unless-stopped' || name === 'on-failure' ? name : 'no';
}

function healthcheckOf([kind]: readonly string[]): Workload['healthcheck'] {
  if (kind === undefined) return null;
  return kind === 'NONE' ? 'disabled' : 'set';
}

/** A name without `=` takes its value from where the container is created: it has none here. */
export function environmentOf(list: readonly string[]): Record<string, string> {
  const pairs = list.map((entry): [string, string] => {
    const at = entry.indexOf('=');
    return at === -1 ? [entry, ''] : [entry.slice(0, at), entry.slice(at + 1)];
  });
  return Object.fromEntries(pairs);
}
