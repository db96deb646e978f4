import type { Host } from '../../host/host.ts';
import { homesOf } from '../homes.ts';
import type { Process } from '../processes.ts';
import { readAccounts } from '../sshd/accounts.ts';
import { storageOfMonitor } from './conmon.ts';
import type { Storage } from './podman-storage.ts';
import type { StorageConf } from './storage-conf.ts';
import { expanded, readStorageConf, systemStorageConfs } from './storage-conf.ts';

const rootful = '/var/lib/containers/storage';

interface Storages {
  /** Every one once: root's, then those of users. */
  readonly storages: readonly Storage[];
  /** Why there may be more, one sentence each. */
  readonly gaps: readonly string[];
}

/** Where Podman keeps containers: as it was set up, in the usual place, and where those are that run. */
export async function storagesOf(host: Host, processes: readonly Process[]): Promise<Storages> {
  const confs = await systemStorageConfs(host);
  const [counts] = confs;
  const users = await ofUsers(host, counts.rootlessPath);
  const monitored = processes.flatMap((process): Storage | [] => {
    const path = storageOfMonitor(process);
    const { uid } = process;
    return path === null ? [] : { path, rootless: uid > 0, uid, usual: looksUsual(path) };
  });
  const storages = new Map<string, Storage>();
  for (const each of [...ofRoot(confs), ...users.storages, ...monitored]) {
    if (!storages.has(each.path)) storages.set(each.path, each);
  }
  return { storages: [...storages.values()], gaps: [...confs.flatMap(({ gaps }) => gaps), ...users.gaps] };
}

/** What was in the usual place before it was moved is there still. */
function ofRoot(confs: readonly [StorageConf, StorageConf]): readonly Storage[] {
  const usual = confs[0].graphroot ?? rootful;
  return [usual, confs[1].graphroot, rootful].flatMap((path): Storage | [] =>
    path === null ? [] : { path, rootless: false, uid: 0, usual: path === usual },
  );
}

async function ofUsers(host: Host, rootlessPath: string | null): Promise<Storages> {
  const [homes, { users }] = await Promise.all([homesOf(host), readAccounts(host)]);
  const found = await Promise.all(
    (homes.state === 'known' ? homes.value : []).map(async (home): Promise<Storages> => {
      const named = users.find((user) => user.home.replace(/\/+$/, '') === home);
      const user = { home, user: named?.name ?? home.replace(/^.*\//, ''), uid: named?.uid ?? null };
      return ofUser(host, user, rootlessPath);
    }),
  );
  return {
    storages: found.flatMap(({ storages }) => storages),
    gaps: found.flatMap(({ gaps }) => gaps),
  };
}

async function ofUser(
  host: Host,
  user: { readonly home: string; readonly user: string; readonly uid: number | null },
  rootlessPath: string | null,
): Promise<Storages> {
  const usual = `${user.home}/.local/share/containers/storage`;
  const names = await host.list(usual);
  // A home that may not be entered is said elsewhere, all of them in one sentence.
  const isOpen = names.state === 'known';
  const file = `${user.home}/.config/containers/storage.conf`;
  const conf = await readStorageConf(host, file);
  const written = conf.graphroot ?? conf.rootlessPath ?? rootlessPath;
  const moved = written === null ? null : expanded(written, user);
  const places = [moved, isOpen && names.value !== null ? usual : null];
  const owned = places.flatMap((path): Promise<Storage> | [] =>
    path === null ? [] : ownedStorage(host, path, { uid: user.uid, usual: path === (moved ?? usual) }),
  );
  const unplaced =
    written !== null && moved === null
      ? [`where ${written} is for ${user.user} is not known: containers of Podman may be there`]
      : [];
  return { storages: await Promise.all(owned), gaps: isOpen ? [...conf.gaps, ...unplaced] : unplaced };
}

async function ownedStorage(
  host: Host,
  path: string,
  { uid, usual }: { readonly uid: number | null; readonly usual: boolean },
): Promise<Storage> {
  const stat = await host.stat(path);
  const owner = stat.state === 'known' ? (stat.value?.uid ?? null) : null;
  return { path, rootless: true, uid: owner ?? uid, usual };
}

function looksUsual(path: string): boolean {
  return /(?:^\/var\/lib|\/\.local\/share)\/containers\/storage$/.test(path);
}
