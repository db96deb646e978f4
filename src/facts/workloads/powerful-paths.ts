import * as z from 'zod';
import data from '../../../rules/catalogue/powerful-paths.yaml';
import { rememberedBy } from '../remember.ts';
import type { Engine } from './engine.ts';
import { isAbove, isBelow, isPath, straightened } from './path-pattern.ts';
import type { Mount } from './workload.ts';

const Patterns = z.array(z.string().startsWith('/')).default([]);

/** Paths of the host, with `*` for any text in one component. */
export const PathList = z.strictObject({
  /** Had by who has them, or a directory above. */
  paths: Patterns,
  /** Had by who has them: of most directories above them, nobody has such a file in there. */
  exact: Patterns,
  /** Also by who has something in them. */
  trees: Patterns,
});
export type PathList = z.infer<typeof PathList>;

const none: PathList = { paths: [], exact: [], trees: [] };

/** What a path of the host is worth to who has it in a container. */
export const PowerfulPaths = z.strictObject({
  /** Who connects commands the engine, whoever they are in the container. */
  engineSockets: PathList,
  /** Sockets by which root is obeyed on the host, and others are not. */
  controlSockets: PathList,
  /** Where other containers live. */
  storages: PathList,
  /** What root, or somebody who may become root, runs or believes. */
  trusted: PathList,
  /** Disks and memory. */
  disks: PathList,
});
export type PowerfulPaths = z.infer<typeof PowerfulPaths>;

export const PathListName = PowerfulPaths.keyof();

/** `rules/catalogue/powerful-paths.yaml`, with what the engines of this host have elsewhere. */
export function powerfulPaths(engines: readonly Engine[]): PowerfulPaths {
  const known = PowerfulPaths.parse(data);
  const sockets = engines.flatMap((engine) => engine.sockets.map(({ path }) => path));
  return {
    ...known,
    engineSockets: joined([known.engineSockets, { ...none, paths: sockets }]),
    storages: joined([known.storages, { ...none, trees: engines.map(({ dataRoot }) => dataRoot) }]),
  };
}

/** Several lists as one. */
export function joined(lists: readonly Partial<PathList>[]): PathList {
  const all = (kind: keyof PathList) => lists.flatMap((list) => list[kind] ?? []);
  return { paths: all('paths'), exact: all('exact'), trees: all('trees') };
}

/** What of a list a container has by a mount, as far as it is a path of the host; `null`: nothing. */
export function reachedBy({ type, source, real, otherwise = [] }: Mount, list: PathList): string | null {
  if (type !== 'bind') return null;
  const seen = [real ?? source, source, ...otherwise];
  for (const path of new Set([...seen, ...seen.map(behindLinks)])) {
    const reached = reachedFrom(list, path);
    if (reached !== null) return reached;
  }
  return null;
}

/** The same of a path of the host; many containers have the same ones. */
export const reachedFrom = rememberedBy(
  (path: string) => path,
  ({ paths, exact, trees }: PathList, path): string | null => {
    const above = [...paths, ...trees].find((pattern) => isAbove(path, pattern));
    if (above !== undefined) return isBelow(path, above) ? path : above;
    const isIt =
      exact.some((pattern) => isPath(path, pattern)) || trees.some((pattern) => isBelow(path, pattern));
    return isIt ? path : null;
  },
);

/** Mount points of every Linux with systemd: file-hierarchy(7). */
const mountPoints = ['/proc', '/run', '/sys', '/sys/fs/cgroup', '/sys/kernel/debug'];

/**
 * What of a list can be written to by a mount; `null`: nothing. By one that is read-only that is what is mounted below
 * it, if that is not read-only too.
 */
export function writtenBy(
  mount: Mount,
  list: PathList,
): { readonly reached: string; readonly certain: boolean } | null {
  if (mount.writable) {
    const reached = reachedBy(mount, list);
    return reached === null ? null : { reached, certain: true };
  }
  if (mount.type !== 'bind' || mount.submounts === 'read-only') return null;
  const path = behindLinks(mount.real ?? mount.source);
  const below = mountPoints.filter((point) => isAbove(path, point) && !isBelow(path, point));
  const reached = below.map((point) => reachedFrom(list, point)).find((each) => each !== null);
  return reached === undefined ? null : { reached, certain: mount.submounts === 'writable' };
}

/**
 * As the process sees it, where the path leads through one in /proc, and without the link that is on every Linux
 * (hier(7), FHS 3.0). A relative path is the repository's own.
 */
function behindLinks(path: string): string {
  return path.startsWith('/') ? straightened(path).replace(/^\/var\/run(?=\/|$)/, '/run') : path;
}
