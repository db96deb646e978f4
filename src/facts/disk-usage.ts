import { defineFact } from '../engine/fact.ts';
import { known, unknown } from '../host/evidence.ts';

/** A file system on storage, writable, and how full it is. */
export interface DiskUsage {
  readonly mountPoint: string;
  readonly device: string;
  /** As df(1) rounds it up, of what ordinary users may fill. */
  readonly usedPercent: number;
  readonly freeBytes: number;
}

const df = ['df', '-P', '-k'] as const;

/** Types that hold no data of their own, or are always full. */
const ignoredTypes = new Set([
  'tmpfs',
  'devtmpfs',
  'ramfs',
  'squashfs',
  'iso9660',
  'udf',
  'erofs',
  'efivarfs',
  'cramfs',
  'vfat',
  'fuse.snapfuse',
]);

/** Writable file systems with storage behind them; of one mounted in several places the first. */
export const diskUsageFact = defineFact<readonly DiskUsage[]>({
  id: 'disk-usage',
  gather: async (host) => {
    if (!host.origin.running)
      return unknown('unsupported', 'files alone do not show how full a disk is', df.join(' '));
    const [run, mounts] = await Promise.all([host.run(df), host.read('/proc/mounts')]);
    if (run.state === 'unknown') return run;
    if (mounts.state === 'unknown') return mounts;
    const ignored = ignoredMounts(mounts.value ?? '');
    const disks = new Map<string, DiskUsage>();
    const rows = run.value.stdout.split('\n').slice(1).filter(Boolean);
    for (const row of rows) {
      const disk = parseRow(row);
      if (disk === null)
        return unknown('unparsable', `df printed a line that was not understood: ${row}`, run.source);
      if (ignored.has(disk.mountPoint) || /^(?:tmpfs|devtmpfs|none|udev|shm)$/.test(disk.device)) continue;
      const key = disk.device.startsWith('/') ? disk.device : disk.mountPoint;
      const before = disks.get(key);
      if (before === undefined || disk.mountPoint.length < before.mountPoint.length) disks.set(key, disk);
    }
    // df names what it could not ask (a dead network share), and lists the rest.
    if (disks.size === 0) return unknown('unsupported', 'df shows no file system with storage', run.source);
    return known([...disks.values()], run.source);
  },
});

function parseRow(row: string): DiskUsage | null {
  const match = /^(.+?)\s+\d+\s+\d+\s+(-?\d+)\s+(\d+|-)%?\s+(\/.*)$/.exec(row);
  const [, device = '', free = '', used = '', mountPoint = ''] = match ?? [];
  if (match === null) return null;
  return { mountPoint, device, usedPercent: used === '-' ? 0 : Number(used), freeBytes: Number(free) * 1024 };
}

/** Read-only mounts, pseudo file systems, and the layers of containers; see proc(5). */
function ignoredMounts(mounts: string): ReadonlySet<string> {
  const ignored = new Set<string>();
  for (const line of mounts.split('\n')) {
    const [, point = '', type = '', options = ''] = line.split(' ');
    const path = point.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
    const layer = type === 'overlay' && path !== '/';
    if (ignoredTypes.has(type) || layer || options.split(',').includes('ro')) ignored.add(path);
    else ignored.delete(path);
  }
  return ignored;
}
