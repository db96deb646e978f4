import { defineFact } from '../engine/fact.ts';
import type { Host } from '../host/host.ts';
import { known } from '../host/evidence.ts';

/** Regular files of a project directory, as absolute paths inside it, sorted. */
export interface ProjectFiles {
  readonly paths: readonly string[];
  /**
   * Why the list may lack files: a bound was reached, or a directory could not be read; `null` when it
   * is whole. A rule that finds no subject must not say so while this is set.
   */
  readonly incomplete: string | null;
}

const bounds = { depth: 12, entries: 20_000 } as const;
const skipped = new Set(['.git', 'node_modules']);

/** Every regular file of a project, links not followed, .git and node_modules left out; empty for a machine. */
export const projectFilesFact = defineFact<ProjectFiles>({
  id: 'project-files',
  kinds: ['live', 'rootfs', 'snapshot', 'project'],
  gather: async (host) => {
    if (host.origin.kind !== 'project') return known({ paths: [], incomplete: null }, '/');
    return known(await walk(host), '/');
  },
});

async function walk(host: Host): Promise<ProjectFiles> {
  const paths: string[] = [];
  let incomplete: string | null = null;
  let level = ['/'];
  let entries = 0;
  for (let depth = 0; level.length > 0; depth++) {
    if (depth === bounds.depth) {
      incomplete = `directories deeper than ${String(bounds.depth)} levels were not read`;
      break;
    }
    const next: string[] = [];
    for (const directory of level) {
      const names = await host.list(directory);
      if (names.state === 'unknown') {
        incomplete ??= names.detail;
        continue;
      }
      const candidates = (names.value ?? []).filter((name) => !skipped.has(name));
      entries += candidates.length;
      if (entries > bounds.entries) {
        incomplete = `only the first ${String(bounds.entries)} entries were read`;
        return { paths: paths.toSorted(), incomplete };
      }
      await Promise.all(
        candidates.map(async (name) => {
          const path = `${directory === '/' ? '' : directory}/${name}`;
          const type = await typeOf(host, path);
          if (type === 'directory') next.push(path);
          else if (type === 'file') paths.push(path);
          else if (type === 'unknown') incomplete ??= `${path} could not be read`;
        }),
      );
    }
    level = next.toSorted();
  }
  return { paths: paths.toSorted(), incomplete };
}

/** A link is neither: its target is found where it is, and a loop is never entered. */
async function typeOf(host: Host, path: string): Promise<'file' | 'directory' | 'other' | 'unknown'> {
  const link = await host.readlink(path);
  if (link.state === 'unknown') return 'unknown';
  if (link.value !== null) return 'other';
  const stat = await host.stat(path);
  if (stat.state === 'unknown') return 'unknown';
  const type = stat.value?.type;
  return type === 'file' || type === 'directory' ? type : 'other';
}
