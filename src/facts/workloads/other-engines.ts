import type { FactReader } from '../../engine/fact.ts';
import type { Host } from '../../host/host.ts';
import { gapsOf } from '../../host/evidence.ts';
import type { Process } from '../processes.ts';
import { processesFact } from '../processes.ts';
import type { Engine } from './engine.ts';
import { contextGaps } from './docker-contexts.ts';
import { watchedBy } from './podman.ts';
import { containersLeftOnDisk } from './other-engines-disk.ts';

/** First processes of engines whose containers are not read; see crun, cri-o, kubelet(8). */
const unread: Readonly<Record<string, string>> = {
  conmonrs: 'CRI-O',
  crio: 'CRI-O',
  kubelet: 'Kubernetes',
  kubelite: 'Kubernetes (MicroK8s)',
  'k3s-server': 'Kubernetes (k3s)',
  'k3s-agent': 'Kubernetes (k3s)',
};

/**
 * A sentence for every engine that has containers here and is not read.
 *
 * @param engines - the Docker Engines, whose own containers are read
 * @param podman - ids of Podman's containers that are told of
 */
export async function otherEngines(
  host: Host,
  read: FactReader,
  engines: readonly Engine[],
  podman: ReadonlySet<string>,
): Promise<string[]> {
  if (host.origin.kind === 'project') return [];
  const sockets = engines.flatMap((engine) => engine.sockets.map(({ path }) => path));
  const [processes, contexts, disk] = await Promise.all([
    read(processesFact),
    host.origin.running ? contextGaps(host, new Set(sockets)) : [],
    containersLeftOnDisk(
      host,
      engines.map(({ dataRoot }) => dataRoot),
    ),
  ]);
  const running = host.origin.running
    ? gapsOf(processes).map((gap) => `${gap}; containers of any engine may run here unseen`)
    : [];
  const seen = processes.state === 'known' ? enginesAmong(processes.value, engines, podman) : [];
  return [...new Set([...running, ...seen, ...contexts, ...disk])];
}

function enginesAmong(
  processes: readonly Process[],
  engines: readonly Engine[],
  podman: ReadonlySet<string>,
): string[] {
  const named = processes.flatMap(({ name }) => unread[name] ?? []);
  const monitors = processes.filter((each) => each.name === 'conmon' && !podman.has(watchedBy(each) ?? ''));
  const shims = processes.filter((process) => isForeignShim(process, engines));
  return [...named, ...monitors.map(() => 'Podman'), ...shims.map(shimOwner)].map(
    (name) => `containers of ${name} run here and are not read`,
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
