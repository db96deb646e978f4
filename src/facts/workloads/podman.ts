import type { FactReader } from '../../engine/fact.ts';
import type { Host } from '../../host/host.ts';
import type { Process } from '../processes.ts';
import { processesFact } from '../processes.ts';
import { askPodman, servedSocket } from './podman-service.ts';
import type { Stored } from './podman-storage.ts';
import { containersOfStorage, joined } from './podman-storage.ts';
import { storagesOf } from './podman-storages.ts';

/**
 * Podman's containers, root's and those of users without root: in the storages that are set up, and in those of the
 * containers that run. Where a home may not be entered is said by {@link containersLeftOnDisk}.
 */
export async function podmanContainers(host: Host, read: FactReader): Promise<Stored> {
  const processes = host.origin.running ? await read(processesFact) : null;
  const all = processes?.state === 'known' ? processes.value : [];
  const { storages, gaps } = await storagesOf(host, all);
  const running = new Map<string, Process[]>();
  for (const process of all) {
    const { containerId: id } = process;
    if (id !== null) running.set(id, [...(running.get(id) ?? []), process]);
  }
  const found = await Promise.all(
    storages.map(async (storage) => {
      const stored = await containersOfStorage(host, storage, running);
      // A socket that systemd holds is left alone: a connection would start the service.
      const socket = servedSocket(all, storage);
      return socket === null ? stored : askPodman(host, socket, storage, stored);
    }),
  );
  const unseen = gaps.map((sentence) => ({ id: null, sentence }));
  return joined([...found, { workloads: [], gaps: unseen, ids: new Set() }]);
}
