import type { FactReader } from '../../engine/fact.ts';
import type { Host } from '../../host/host.ts';
import { homesOf } from '../homes.ts';
import type { Process } from '../processes.ts';
import { processesFact } from '../processes.ts';
import { askPodman, servedSocket } from './podman-service.ts';
import type { Storage, Stored } from './podman-storage.ts';
import { containersOfStorage, joined } from './podman-storage.ts';

const rootful = '/var/lib/containers/storage';

/**
 * Podman's containers, root's and those of users without root: in the usual storages, and in those of the containers
 * that run. Where a home may not be entered is said by {@link containersLeftOnDisk}.
 */
export async function podmanContainers(host: Host, read: FactReader): Promise<Stored> {
  const processes = host.origin.running ? await read(processesFact) : null;
  const all = processes?.state === 'known' ? processes.value : [];
  const storages = await storagesOf(host, all);
  const running = new Map<string, Process[]>();
  for (const process of all) {
    const { containerId: id } = process;
    if (id !== null) running.set(id, [...(running.get(id) ?? []), process]);
  }
  return joined(
    await Promise.all(
      storages.map(async (storage) => {
        const stored = await containersOfStorage(host, storage, running);
        // A socket that systemd holds is left alone: a connection would start the service.
        const socket = servedSocket(all, storage);
        return socket === null ? stored : askPodman(host, socket, storage, stored);
      }),
    ),
  );
}

/** Every storage once: root's, then those of users. */
async function storagesOf(host: Host, processes: readonly Process[]): Promise<readonly Storage[]> {
  const homes = await homesOf(host);
  const candidates = (homes.state === 'known' ? homes.value : []).map(
    (home) => `${home}/.local/share/containers/storage`,
  );
  const owned = await Promise.all(candidates.map((path) => ownedStorage(host, path)));
  const storages = new Map<string, Storage>([[rootful, { path: rootful, rootless: false, uid: 0 }]]);
  for (const storage of owned) if (storage !== null) storages.set(storage.path, storage);
  for (const process of processes) {
    const path = storageOfMonitor(process);
    const { uid } = process;
    if (path !== null && !storages.has(path)) storages.set(path, { path, rootless: uid > 0, uid });
  }
  return [...storages.values()];
}

/** A user's storage where there is one. A home that may not be entered is said elsewhere, all of them in one sentence. */
async function ownedStorage(host: Host, path: string): Promise<Storage | null> {
  const names = await host.list(path);
  if (names.state === 'unknown' || names.value === null) return null;
  const stat = await host.stat(path);
  return { path, rootless: true, uid: stat.state === 'known' ? (stat.value?.uid ?? null) : null };
}

/** `conmon -b STORAGE/overlay-containers/ID/userdata -c ID …`, one for each container that runs; conmon(8). */
function storageOfMonitor({ name, argv }: Process): string | null {
  if (name !== 'conmon') return null;
  return (
    /^(\/.+)\/[a-z0-9]+-containers\/[0-9a-f]{64}\/userdata\/?$/.exec(valueAfter(argv, '-b') ?? '')?.[1] ??
    null
  );
}

/** The container that a monitor watches; `null` for another process. */
export function watchedBy({ name, argv }: Process): string | null {
  return name === 'conmon' ? valueAfter(argv, '-c') : null;
}

function valueAfter(argv: readonly string[], flag: string): string | null {
  const at = argv.indexOf(flag);
  return at === -1 ? null : (argv[at + 1] ?? null);
}
