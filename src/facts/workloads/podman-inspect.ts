import * as z from 'zod';
import { parseContainerRun } from '../units/container-run.ts';
import { workloadOf } from './docker-inspect.ts';
import { Inspect } from './inspect-format.ts';
import { openAmong } from './networks.ts';
import type { Setting } from './setting.ts';
import { capabilitiesOf } from './spec-workload.ts';
import type { Storage } from './podman-storage.ts';
import type { Workload } from './workload.ts';

/** What Podman's inspect has that Docker's has not, or has otherwise; seen with 4.3.1. */
const Own = z.object({
  BoundingCaps: z.array(z.string()).nullish(),
  Config: z.object({ CreateCommand: z.array(z.string()).nullish() }),
  HostConfig: z.object({
    IpcMode: z.string().default(''),
    UsernsMode: z.string().default(''),
    IDMappings: z.object({ UidMap: z.array(z.string()).nullish() }).nullish(),
  }),
});

/** As it was answered; what is read of it is taken by the schemas of both engines. */
export const PodmanInspect = z.looseObject({ Id: z.string(), Name: z.string() });
export type PodmanInspect = z.infer<typeof PodmanInspect>;

export interface PodmanContext {
  readonly storage: Storage;
  /** The socket that was asked. */
  readonly socket: string;
  readonly boundVolumes: ReadonlyMap<string, string>;
  /** The same container by its runtime spec; `null` when it was never started, or the spec was not read. */
  readonly bySpec: Workload | null;
}

/**
 * A container as Podman inspects it. What it really gets stands in its spec; inspect adds what the database holds.
 *
 * @returns `null` for what is not understood
 */
export function workloadOfPodman(inspect: PodmanInspect, context: PodmanContext): Workload | null {
  const own = Own.safeParse(inspect);
  const common = Inspect.safeParse(inspect);
  if (!own.success || !common.success) return null;
  const told = workloadOf(common.data, {
    origin: `podman inspect ${inspect.Name}`,
    engine: context.storage.path,
    directory: null,
    defaultRuntime: null,
    boundVolumes: context.boundVolumes,
  });
  const { networks, namespaces } = told;
  const database = {
    ...told,
    source: 'podman',
    runtime: null,
    openNetworks: openAmong(
      networks.filter((name) => name !== 'podman'),
      namespaces.network,
      null,
    ),
  } as const;
  if (context.bySpec !== null) return corrected(database, context.bySpec);
  return neverStarted(database, own.data, context.storage.rootless);
}

/** The spec's own words where it has them. */
function corrected(told: Workload, spec: Workload): Workload {
  const { publishes, addresses, unpublished, openNetworks, restart, healthcheck, labels, origin, image } =
    told;
  return {
    ...{ ...spec, origin, image, publishes, networks: told.networks, addresses, unpublished, openNetworks },
    ...{ restart, healthcheck, labels },
    namespaces: { ...spec.namespaces, network: networkOf(told, spec) },
    mounts: spec.mounts.map((mount) => told.mounts.find(({ target }) => target === mount.target) ?? mount),
    unseen: [],
  };
}

/** Inspect names what the spec shows as a namespace of its own, or as a process's. */
function networkOf(told: Workload, spec: Workload): string {
  return spec.namespaces.network === 'host' ? 'host' : told.namespaces.network;
}

/**
 * Inspect says `shareable` of the host's IPC, and nothing of an unmasked /proc or of device rules (seen with 4.3.1):
 * the command line that made the container tells, where it was made by one.
 */
function neverStarted(told: Workload, own: z.infer<typeof Own>, rootless: boolean): Workload {
  const command = own.Config.CreateCommand ?? [];
  const asked = parseContainerRun(command, told.name);
  const root = (own.HostConfig.IDMappings?.UidMap ?? [])
    .map((line) => line.split(':'))
    .find(([inside]) => inside === '0');
  const ipc =
    asked?.namespaces.ipc ?? (own.HostConfig.IpcMode === 'shareable' ? 'default' : told.namespaces.ipc);
  const missing: readonly Setting[] = asked === null ? ['maskedPaths', 'deviceRules'] : [];
  return {
    ...told,
    // On a host without control group namespaces none is made, and inspect does not tell.
    namespaces: { ...told.namespaces, ipc, cgroup: 'default' },
    ...(told.privileged ? {} : capabilitiesOf(own.BoundingCaps ?? [])),
    deviceRules: asked?.deviceRules ?? [],
    devices: asked?.devices ?? told.devices,
    maskedProc: asked?.maskedProc ?? told.maskedProc,
    confinement: {
      ...told.confinement,
      noNewPrivileges: told.confinement.noNewPrivileges === true,
    },
    mapsRoot: rootless || (root !== undefined && root[1] !== '0'),
    unseen: missing,
  };
}
