import { dockerDefault, isEveryCapability } from './capabilities.ts';
import { seccompModeOf } from './confinement.ts';
import { environmentOf, processorsOf } from './docker-inspect.ts';
import { gpuOfNodes } from './gpu-request.ts';
import { parseImageReference } from './image-reference.ts';
import type { OciSpec } from './oci-spec.ts';
import type { Device, Limits, Mount, Namespaces, Workload } from './workload.ts';

/** What is known of a container beside its spec. */
export interface SpecContext {
  readonly id: string;
  readonly name: string;
  /** As its image was named when it was made. */
  readonly image: string;
  readonly origin: string;
  /** Directory of the storage that has it: `/var/lib/containers/storage`. */
  readonly storage: string;
  /** Made by a user without root: its user 0 is that user. */
  readonly rootless: boolean;
  readonly pid: number | null;
  /** Ids of containers by the process ids of their first processes. */
  readonly containers: ReadonlyMap<number, string>;
}

/** What a spec does not say: it is in Podman's database. */
const unseen = ['ports', 'networks', 'restart', 'healthcheck', 'labels'] as const;

/**
 * A container of Podman by the spec that its runtime was given when it started last: what it really gets,
 * the engine's defaults included.
 */
export function workloadOfSpec(spec: OciSpec, context: SpecContext): Workload {
  const { process, linux } = spec;
  const namespaces = namespacesOf(spec, context);
  const privileged = spec.annotations?.['io.podman.annotations.privileged'] === 'TRUE';
  const devices = privileged ? [] : devicesOf(spec);
  const mounts = mountsOf(spec, context.storage);
  return {
    source: 'podman',
    name: context.name,
    origin: context.origin,
    places: new Map(),
    id: context.id,
    engine: context.storage,
    unsettled: new Map(),
    unseen: mounts.some(({ type }) => type === 'volume') ? [...unseen, 'mounts'] : unseen,
    mapsRoot: context.rootless || mapsRoot(spec),
    state: context.pid === null ? 'stopped' : 'running',
    pid: context.pid,
    kernel: null,
    autoRemove: spec.annotations?.['io.podman.annotations.autoremove'] === 'TRUE',
    directory: null,
    image: parseImageReference(context.image),
    privileged,
    ...capabilitiesOf(process.capabilities?.bounding ?? []),
    securityOpt: [],
    confinement: {
      noNewPrivileges: process.noNewPrivileges,
      seccomp: linux.seccomp === undefined || linux.seccomp === null ? 'off' : modeOf(linux.seccomp),
      appArmor: appArmorOf(process.apparmorProfile),
    },
    user:
      process.user.gid === 0
        ? String(process.user.uid)
        : `${String(process.user.uid)}:${String(process.user.gid)}`,
    groupAdd: (process.user.additionalGids ?? []).filter((gid) => gid !== process.user.gid).map(String),
    readonlyRootfs: spec.root.readonly,
    namespaces,
    mounts,
    devices,
    deviceRules: privileged ? [] : deviceRulesOf(spec),
    gpu: gpuOfNodes(devices.map(({ host }) => host)),
    maskedProc: linux.maskedPaths.includes('/proc/kcore') && linux.readonlyPaths.includes('/proc/sys'),
    limits: limitsOf(spec),
    publishes: [],
    networks: [],
    addresses: [],
    unpublished: [],
    openNetworks: namespaces.network === 'private' ? [{ name: 'that Podman gave it', kind: null }] : [],
    restart: 'no',
    healthcheck: null,
    environment: environmentOf(process.env),
    command: process.args,
    labels: {},
    runtime: null,
  };
}

function modeOf(seccomp: unknown): Workload['confinement']['seccomp'] {
  return seccompModeOf(JSON.stringify(seccomp));
}

function appArmorOf(profile: string): Workload['confinement']['appArmor'] {
  if (profile === '') return 'default';
  return profile === 'unconfined' ? 'off' : 'profile';
}

/** Of the default set those that nobody asks for by name: who has none of them dropped all. */
const neverAsked = ['SETFCAP', 'SETPCAP', 'SYS_CHROOT'];

/** A spec holds the outcome; what was dropped and added to come there is found from it. */
export function capabilitiesOf(bounding: readonly string[]): Pick<Workload, 'capAdd' | 'capDrop'> {
  const held = bounding.map((name) => name.replace(/^CAP_/, ''));
  if (isEveryCapability(held)) return { capAdd: ['ALL'], capDrop: [] };
  if (!held.some((name) => neverAsked.includes(name))) return { capAdd: held, capDrop: ['ALL'] };
  return {
    capAdd: held.filter((name) => !dockerDefault.includes(name)),
    capDrop: dockerDefault.filter((name) => !held.includes(name)),
  };
}

/** A namespace that is not listed is the one that the engine itself is in. */
function namespacesOf({ linux }: OciSpec, { containers }: SpecContext): Namespaces {
  const of = (type: string, missing: string) => {
    const found = linux.namespaces.find((each) => each.type === type);
    if (found === undefined) return missing;
    const owner = /^\/proc\/(\d+)\/ns\//.exec(found.path)?.[1];
    if (owner === undefined) return 'private';
    return owner === '1' ? 'host' : `container:${containers.get(Number(owner)) ?? `of process ${owner}`}`;
  };
  return {
    network: of('network', 'host'),
    pid: of('pid', 'host'),
    ipc: of('ipc', 'host'),
    uts: of('uts', 'host'),
    // Nobody is mapped unless it is asked for.
    user: of('user', 'default'),
    cgroup: of('cgroup', 'host'),
  };
}

/** Whether the container's user 0 is another on the host. */
function mapsRoot({ linux }: OciSpec): boolean {
  if (!linux.namespaces.some(({ type }) => type === 'user')) return false;
  const root = linux.uidMappings?.find(({ containerID, size }) => containerID === 0 && size > 0);
  return root !== undefined && root.hostID !== 0;
}

/** What every container has of the engine itself is left out. */
function mountsOf({ mounts }: OciSpec, storage: string): Mount[] {
  return mounts
    .filter(({ type, source, destination }) => {
      if (type === 'tmpfs') return !/^\/(?:dev|proc|sys)(?:\/|$)/.test(destination);
      return type === 'bind' && !/-containers\/[0-9a-f]{64}\/userdata\//.test(source);
    })
    .map(({ type, source, destination, options }): Mount => {
      const isVolume = source.startsWith(`${storage}/volumes/`);
      return {
        type: type === 'tmpfs' ? 'tmpfs' : isVolume ? 'volume' : 'bind',
        source: type === 'tmpfs' ? '' : source,
        real: type === 'tmpfs' ? '' : source,
        target: destination,
        writable: !options.some((option) => option === 'ro' || option === 'rro'),
        // oci-runtime-spec config.md: `ro` binds the mount itself, `rro` what is below it too.
        submounts: options.includes('rro') ? 'read-only' : 'writable',
        propagation: options.find((option) => /^r?(?:shared|slave|private)$/.test(option)) ?? '',
      };
    })
    .toSorted((a, b) => (a.target < b.target ? -1 : 1));
}

type Rule = NonNullable<NonNullable<OciSpec['linux']['resources']>['devices']>[number];

function devicesOf(spec: OciSpec): Device[] {
  return spec.linux.devices.map(({ path, major, minor }) => {
    const rule = rulesOf(spec).find((each) => each.major === major && each.minor === minor);
    return { host: path, container: path, permissions: rule?.access ?? '', type: null };
  });
}

/** Rules beside those of the devices that it has. */
function deviceRulesOf(spec: OciSpec): string[] {
  const { devices } = spec.linux;
  return rulesOf(spec)
    .filter((rule) => !devices.some(({ major, minor }) => rule.major === major && rule.minor === minor))
    .map(
      ({ type, major, minor, access }) =>
        `${type ?? 'a'} ${numberWord(major)}:${numberWord(minor)} ${access}`,
    );
}

function rulesOf({ linux }: OciSpec): Rule[] {
  return (linux.resources?.devices ?? []).filter(({ allow }) => allow);
}

function numberWord(number: number | null | undefined): string {
  return number === null || number === undefined || number < 0 ? '*' : String(number);
}

function limitsOf({ linux: { resources } }: OciSpec): Limits {
  const positive = (value: number | null | undefined) =>
    value !== null && value !== undefined && value > 0 ? value : null;
  const quota = positive(resources?.cpu?.quota);
  return {
    memoryBytes: positive(resources?.memory?.limit),
    cpus: processorsOf(
      quota === null ? null : quota / (positive(resources?.cpu?.period) ?? 100_000),
      resources?.cpu?.cpus ?? '',
    ),
    pids: positive(resources?.pids?.limit),
  };
}
