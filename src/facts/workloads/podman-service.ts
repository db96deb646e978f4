import * as z from 'zod';
import type { Host } from '../../host/host.ts';
import type { Process } from '../processes.ts';
import { boundVolumesOf } from './docker-engine.ts';
import { getJson } from './engine-answers.ts';
import { PodmanInspect, workloadOfPodman } from './podman-inspect.ts';
import type { Storage, Stored } from './podman-storage.ts';
import type { Workload } from './workload.ts';

const Listed = z.array(z.object({ Id: z.string(), Names: z.array(z.string()).nullish() }));
const Volumes = z.array(
  z.object({
    Name: z.string(),
    Driver: z.string().nullish(),
    Options: z.record(z.string(), z.string()).nullish(),
  }),
);

/** Every server since Podman 4 answers under this; docs.podman.io, "API". */
const api = '/v4.0.0/libpod';
const podman = { name: 'Podman', help: 'see systemctl status podman' };

/** The socket of `podman system service`, where one runs and is of the user who owns the storage. */
export function servedSocket(
  processes: readonly Process[],
  { uid: owner, path, usual }: Storage,
): string | null {
  for (const { name, argv, uid, containerId } of processes) {
    const at = argv.indexOf('service');
    if (name !== 'podman' || containerId !== null || at < 1 || argv[at - 1] !== 'system') continue;
    if (uid !== owner) continue;
    const root = valueOf(argv.slice(0, at), '--root');
    if (root === null ? !usual : root !== path) continue;
    const named = argv.slice(at + 1).find((word) => /^[a-z]+:/.test(word));
    if (named?.startsWith('unix:') === true)
      return named.replace(/^unix:(?:\/\/)?/, '').replace(/^\/var\/run\//, '/run/');
    // It listens on TCP alone.
    if (named !== undefined) continue;
    return uid === 0 ? '/run/podman/podman.sock' : `/run/user/${String(uid)}/podman/podman.sock`;
  }
  return null;
}

function valueOf(argv: readonly string[], flag: string): string | null {
  const at = argv.findIndex((word) => word === flag || word.startsWith(`${flag}=`));
  const word = argv[at];
  if (word === undefined) return null;
  return word === flag ? (argv[at + 1] ?? null) : word.slice(flag.length + 1);
}

/** What a serving Podman adds to what its storage told: one list, one inspect per container, one list of volumes. */
export async function askPodman(
  host: Host,
  socket: string,
  storage: Storage,
  stored: Stored,
): Promise<Stored> {
  const [listed, volumes] = await Promise.all([
    getJson(host, socket, `${api}/containers/json?all=true`, Listed, podman),
    getJson(host, socket, `${api}/volumes/json`, Volumes, podman),
  ]);
  // Then the storage has the word: what it does not hold is said there.
  if (listed.state === 'unknown' || volumes.state === 'unknown') return stored;
  const boundVolumes = boundVolumesOf({ Volumes: volumes.value });
  const told = await Promise.all(
    listed.value.map(async ({ Id, Names }): Promise<Workload | string> => {
      const bySpec = stored.workloads.find(({ id }) => id === Id) ?? null;
      const inspect = await getJson(host, socket, `${api}/containers/${Id}/json`, PodmanInspect, podman);
      const workload =
        inspect.state === 'known'
          ? workloadOfPodman(inspect.value, { storage, socket, boundVolumes, bySpec })
          : null;
      if (workload !== null) return workload;
      return bySpec ?? `container ${Names?.[0] ?? Id.slice(0, 12)} of Podman was not read from ${socket}`;
    }),
  );
  const heard = new Set(listed.value.map(({ Id }) => Id));
  const unread = told.flatMap((each, index) =>
    typeof each === 'string' ? [{ id: listed.value[index]?.Id ?? null, sentence: each }] : [],
  );
  const rest = <T extends { readonly id: string | null }>(all: readonly T[]) =>
    all.filter(({ id }) => id === null || !heard.has(id));
  return {
    workloads: [...told.filter((each) => typeof each !== 'string'), ...rest(stored.workloads)],
    gaps: [...unread, ...rest(stored.gaps)],
    ids: new Set([...stored.ids, ...heard]),
  };
}
