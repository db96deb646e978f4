import { stat } from 'node:fs/promises';
import { liveHost } from '../host/live.ts';
import type { Host } from '../host/host.ts';
import { UsageError } from './usage-error.ts';

export interface HostOptions {
  readonly root?: string;
  readonly snapshot?: string;
  readonly path?: string;
}

/** @throws UsageError when more than one host is named, or the named one is not there */
export async function openHost(options: HostOptions, now: Date): Promise<Host> {
  const { root, snapshot, path } = options;
  if ([root, snapshot, path].filter((each) => each !== undefined).length > 1) {
    throw new UsageError('--root, --snapshot and --path exclude each other');
  }
  if (snapshot !== undefined) {
    const [{ snapshotHost }, { openSnapshotStore }] = await Promise.all([
      import('../host/snapshot.ts'),
      import('../host/snapshot-store.ts'),
    ]);
    return snapshotHost(await openSnapshotStore(snapshot));
  }
  const directory = root ?? path;
  if (directory === undefined) return liveHost(now);
  if (!(await isDirectory(directory))) throw new UsageError(`${directory} is not a directory`);
  const { directoryHost } = await import('../host/directory.ts');
  return directoryHost(root === undefined ? 'project' : 'rootfs', directory, now);
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}
