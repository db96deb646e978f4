import type { Host } from '../../host/host.ts';
import type { Workload } from './workload.ts';

/** Follows the symbolic links under every mounted path, and looks at what every device is. */
export async function resolvePaths(host: Host, workload: Workload): Promise<Workload> {
  const [mounts, devices] = await Promise.all([
    Promise.all(
      workload.mounts.map(async (mount) =>
        mount.type === 'bind' && mount.real !== null
          ? { ...mount, real: await realPath(host, mount.source) }
          : mount,
      ),
    ),
    Promise.all(
      workload.devices.map(async (device) => {
        const stat = await host.stat(device.host);
        return { ...device, type: stat.state === 'known' ? (stat.value?.type ?? null) : null };
      }),
    ),
  ]);
  return { ...workload, mounts, devices };
}

/** As realpath(3), for paths that may not exist; `null` where a part of it may not be read. */
async function realPath(host: Host, path: string): Promise<string | null> {
  let pending = path.split('/').filter(Boolean);
  let done: string[] = [];
  for (let links = 0; pending.length > 0;) {
    const [part = '', ...rest] = pending;
    pending = rest;
    if (part === '.') continue;
    if (part === '..') {
      done = done.slice(0, -1);
      continue;
    }
    const here = [...done, part];
    const link = await host.readlink(`/${here.join('/')}`);
    if (link.state === 'unknown') return null;
    const target = link.value;
    if (target === null || links === 40) {
      done = here;
      continue;
    }
    links++;
    pending = [...target.split('/').filter(Boolean), ...pending];
    if (target.startsWith('/')) done = [];
  }
  return `/${done.join('/')}`;
}
