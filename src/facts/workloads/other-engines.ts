import type { FactReader } from '../../engine/fact.ts';
import type { Host } from '../../host/host.ts';
import { gapsOf } from '../../host/evidence.ts';
import type { Process } from '../processes.ts';
import { processesFact } from '../processes.ts';
import type { Engine } from './engine.ts';
import { contextGaps } from './docker-contexts.ts';
import { watchedBy } from './conmon.ts';
import { containersLeftOnDisk } from './other-engines-disk.ts';
import type { Workload } from './workload.ts';

/** Processes of engines whose containers are not read, by the kernel's name; see crun, cri-o, kubelet(8), lxc(7). */
const unread: Readonly<Record<string, string>> = {
  conmonrs: 'CRI-O',
  crio: 'CRI-O',
  kubelet: 'Kubernetes',
  kubelite: 'Kubernetes (MicroK8s)',
  'k3s-server': 'Kubernetes (k3s)',
  'k3s-agent': 'Kubernetes (k3s)',
  incusd: 'Incus',
  lxd: 'LXD',
  'lxc-start': 'LXC',
  'lxc-monitord': 'LXC',
  'systemd-nspawn': 'systemd-nspawn',
  'starter-suid': 'Apptainer',
};

/**
 * Those that their program or first argument tells: strongSwan has a `starter` as well as Apptainer has, and the
 * monitor of an LXC container keeps the kernel's name of what started it (lxc, lxccontainer.c, `setproctitle`).
 */
const unreadByPath: readonly (readonly [RegExp, string])[] = [
  [/^\[lxc monitor\] /, 'LXC'],
  [/\/(?:apptainer|singularity)\/bin\/starter(?:-suid)?$/, 'Apptainer'],
  [/^(?:Apptainer|Singularity) (?:runtime parent|instance)/, 'Apptainer'],
];

/** What is read, and so is no other engine's. */
export interface ReadEngines {
  /** The Docker Engines, whose own containers are read. */
  readonly engines: readonly Engine[];
  /** Ids of Podman's containers that are told of. */
  readonly podman: ReadonlySet<string>;
  /** Containers of both. */
  readonly workloads: readonly Workload[];
}

/** A sentence for every engine that has containers here and is not read. */
export async function otherEngines(host: Host, read: FactReader, own: ReadEngines): Promise<string[]> {
  if (host.origin.kind === 'project') return [];
  const sockets = own.engines.flatMap((engine) => engine.sockets.map(({ path }) => path));
  const [processes, contexts, disk] = await Promise.all([
    read(processesFact),
    host.origin.running ? contextGaps(host, new Set(sockets)) : [],
    containersLeftOnDisk(
      host,
      own.engines.map(({ dataRoot }) => dataRoot),
    ),
  ]);
  const running = host.origin.running
    ? gapsOf(processes).map((gap) => `${gap}; containers of any engine may run here unseen`)
    : [];
  const seen = processes.state === 'known' ? enginesAmong(processes.value, own) : [];
  return [...new Set([...running, ...seen, ...contexts, ...disk])];
}

function enginesAmong(processes: readonly Process[], own: ReadEngines): string[] {
  const names = new Map(own.workloads.map(({ id, name }) => [id, name]));
  return processes.flatMap((process) => {
    const { containerId: id } = process;
    if (id === null) {
      const engine = engineOf(process, own);
      return engine === null ? [] : `containers of ${engine} run here and are not read`;
    }
    return isEngineInside(process, own)
      ? `an engine runs in container ${names.get(id) ?? id.slice(0, 12)}: its containers are not read`
      : [];
  });
}

/** Whose containers a process of the host itself tells of; `null` where it is no engine, or one that is read. */
function engineOf(process: Process, { engines, podman }: ReadEngines): string | null {
  const { name, exe, argv } = process;
  if (name === 'conmon') return podman.has(watchedBy(process) ?? '') ? null : 'Podman';
  if (isForeignShim(process, engines)) return shimOwner(process);
  const words = [argv[0] ?? '', exe ?? ''];
  const byPath = unreadByPath.find(([path]) => words.some((word) => path.test(word)));
  return unread[name] ?? byPath?.[1] ?? null;
}

/** In a container any engine is another one than those that are read: Docker-in-Docker, kind, k3d. */
function isEngineInside(process: Process, own: ReadEngines): boolean {
  const { name } = process;
  return (
    ['dockerd', 'podman'].includes(name) ||
    name.startsWith('containerd-shim') ||
    engineOf(process, own) !== null
  );
}

/** The shim of a container that Docker does not have: Docker's are in the namespace moby. */
function isForeignShim(process: Process, engines: readonly Engine[]): boolean {
  if (!process.name.startsWith('containerd-shim')) return false;
  const namespace = namespaceOf(process);
  return engines.length === 0 || !(namespace === null || /^(?:plugins\.)?moby$/.test(namespace));
}

function shimOwner(process: Process): string {
  const namespace = namespaceOf(process);
  return `containerd${namespace === null ? '' : ` (namespace ${namespace})`}`;
}

function namespaceOf({ argv }: Process): string | null {
  const at = argv.findIndex((word) => /^--?namespace$/.test(word));
  return at === -1 ? null : (argv[at + 1] ?? null);
}
