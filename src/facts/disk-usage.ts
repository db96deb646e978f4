import { defineFact } from '../engine/fact.ts';
import { knownInPart, unknown } from '../host/evidence.ts';
import type { CommandResult } from '../host/host.ts';

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
  'fuse.lxcfs',
  'fuse.portal',
  'fuse.gvfsd-fuse',
  'nsfs',
  'tracefs',
  'debugfs',
  'autofs',
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
    if (disks.size === 0) return unknown('unsupported', 'df shows no file system with storage', run.source);
    return knownInPart([...disks.values()], run.source, unasked(run.value, ignored));
  },
});

/** df names what it could not ask (a dead network share, a closed directory), and lists the rest. */
function unasked({ exitCode, stderr }: CommandResult, ignored: ReadonlySet<string>): readonly string[] {
  if (exitCode === 0) return [];
  const lines = stderr.split('\n').filter(Boolean);
  if (lines.length === 0) return [`df ended with ${String(exitCode)} and may have left file systems out`];
  const storage = lines.filter((line) => !ignored.has(/^df: '?(\/.*?)'?: [^:]*$/.exec(line)?.[1] ?? ''));
  return storage.slice(0, 16).map((line) => `${line}: how full it is cannot be seen`);
}

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
