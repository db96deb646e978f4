import { lstat, readlink } from 'node:fs/promises';
import { posix } from 'node:path';
import type { Evidence } from './evidence.ts';
import { known, unknown } from './evidence.ts';
import { failed, linkTarget, listNames, readText, statOf } from './files.ts';
import type { Host } from './host.ts';
import { limits } from './limits.ts';

/**
 * A directory in place of a machine: the root of an image or a mounted disk (`rootfs`), or a
 * repository (`project`). Files only; symbolic links are followed inside the directory, as chroot
 * would, so a link to /etc/shadow never reads the auditing machine's.
 */
export function directoryHost(kind: 'rootfs' | 'project', root: string, now: Date): Host {
  const inside = async <T>(
    path: string,
    follow: boolean,
    use: (real: string, name: string) => Promise<Evidence<T | null>>,
  ): Promise<Evidence<T | null>> => {
    const real = await resolveInside(root, path, follow);
    if (real.state === 'unknown') return real;
    return real.value === null ? known(null, path) : use(real.value, path);
  };
  return {
    origin: {
      kind,
      name: root,
      collectedAt: now.toISOString(),
      privileged: process.geteuid?.() === 0,
      running: false,
    },
    read: (path) => inside(path, true, readText),
    list: (path) => inside(path, true, listNames),
    stat: (path) => inside(path, true, statOf),
    readlink: (path) => inside(path, false, linkTarget),
    run: (argv) => {
      const source = argv.join(' ');
      return Promise.resolve(unknown('unsupported', `${source} is not run: these are files only`, source));
    },
    get: (socket, path) => {
      const source = `GET ${socket}${path}`;
      return Promise.resolve(unknown('unsupported', `${source} is not asked: these are files only`, source));
    },
  };
}

/** The real path of `path` under `root`; `null` when a part of it does not exist. */
async function resolveInside(root: string, path: string, follow: boolean): Promise<Evidence<string | null>> {
  const pending = posix.normalize(`/${path}`).split('/').filter(Boolean);
  let at: string[] = [];
  let links = 0;
  while (pending.length > 0) {
    const part = pending.shift() ?? '';
    if (part === '.') continue;
    if (part === '..') {
      at = at.slice(0, -1);
      continue;
    }
    const real = posix.join(root, ...at, part);
    try {
      const isLink = (await lstat(real)).isSymbolicLink() && (follow || pending.length > 0);
      if (!isLink) {
        at.push(part);
        continue;
      }
      if (++links > limits.symlinks) {
        return unknown('unsupported', `${path} is a loop of symbolic links`, path);
      }
      const target = await readlink(real);
      if (target.startsWith('/')) at = [];
      pending.unshift(...target.split('/').filter(Boolean));
    } catch (error) {
      return failed(error, path);
    }
  }
  return known(posix.join(root, ...at), path);
}
