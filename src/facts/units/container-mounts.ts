import { posix } from 'node:path';
import type { Host } from '../../host/host.ts';
import { resolved } from '../workloads/mount-source.ts';
import type { Mount, Workload } from '../workloads/workload.ts';
import type { Settings } from './unit.ts';

/** A container that a unit starts, with its mounts where they lead: the engine's client resolves relative ones. */
export async function withPlacedMounts(
  host: Host,
  settings: Settings,
  container: Workload,
): Promise<Workload> {
  const directory = (settings.WorkingDirectory?.value ?? '').replace(/^[-!]/, '');
  const place = async (mount: Mount): Promise<Mount> => {
    if (mount.type !== 'bind') return mount;
    const source = absolute(mount.source, directory === '' ? '/' : directory);
    return source === null ? { ...mount, real: null } : resolved(host, { ...mount, source, from: '/' });
  };
  return { ...container, mounts: await Promise.all(container.mounts.map(place)) };
}

/** `null` where a specifier, or the directory, is not known. */
function absolute(source: string, directory: string): string | null {
  if (/%[a-zA-Z]/.test(source)) return null;
  if (/^[/~]|\$/.test(source)) return source;
  return directory.startsWith('/') && !/[%$]/.test(directory) ? posix.resolve(directory, source) : null;
}
