import { posix } from 'node:path';
import type { Host } from '../../host/host.ts';
import type { Mount } from './workload.ts';

/** A mount before it is known where its source leads. */
export interface Written extends Mount {
  /** Where a relative source starts; `null` for one that has no place on the host. */
  readonly from: string | null;
}

/**
 * A repository may lie anywhere on the machine that runs it: its own files are named from its root, as `./data`,
 * and what is not known (a variable, somebody's home) leads nowhere that is seen.
 */
export async function resolved(host: Host, { from, ...mount }: Written): Promise<Mount> {
  if (from === null) return { ...mount, real: mount.source };
  const { source } = mount;
  if (/^~|\$/.test(source)) return { ...mount, real: null };
  if (source.startsWith('/')) {
    const path = posix.normalize(source);
    return { ...mount, source: path, real: withoutLink(path) };
  }
  if (host.origin.kind !== 'project') {
    const path = posix.resolve('/', from, source);
    return { ...mount, source: path, real: path };
  }
  const relative = named(posix.join(from.replace(/^\/+/, ''), source));
  return { ...mount, source: relative, real: await realOf(host, relative) };
}

/** The machine's own links are not here to follow; this one is on every Linux (hier(7), FHS 3.0). */
function withoutLink(path: string): string {
  return path.replace(/^\/var\/run(?=\/|$)/, '/run');
}

function named(path: string): string {
  const bare = path.replace(/(?<=.)\/$/, '');
  if (bare === '' || bare === '.') return './';
  return /^\.\.(?:\/|$)/.test(bare) ? bare : `./${bare}`;
}

/**
 * What stands beside the repository, or above it, follows from where it lies: in the worst case at the top, so that
 * `../../run/docker.sock` is the engine's. What is above it altogether may be all there is.
 */
function above(path: string): string | null {
  const rest = posix.normalize(path).replace(/^(?:\.\.(?:\/|$))+/, '');
  return rest === '' || rest === '.' ? null : withoutLink(`/${rest}`);
}

/** A link in the repository may lead out of it: `./run -> /var/run`. */
async function realOf(host: Host, relative: string): Promise<string | null> {
  let pending = relative.split('/').filter((part) => part !== '.' && part !== '');
  let done: string[] = [];
  for (let links = 0; pending.length > 0;) {
    const [part = '', ...rest] = pending;
    pending = rest;
    // Above the root nothing can be seen.
    if (part === '..' && done.length === 0) return above([part, ...rest].join('/'));
    if (part === '..') {
      done = done.slice(0, -1);
      continue;
    }
    const link = await host.readlink(`/${[...done, part].join('/')}`);
    if (link.state === 'unknown') return null;
    if (link.value === null || links === 40) {
      done.push(part);
      continue;
    }
    links += 1;
    if (link.value.startsWith('/')) return withoutLink(posix.normalize([link.value, ...rest].join('/')));
    pending = [...link.value.split('/').filter((each) => each !== '.' && each !== ''), ...rest];
  }
  return named(done.join('/'));
}
