import { defineFact } from '../engine/fact.ts';
import type { Evidence } from '../host/evidence.ts';
import { known, unknown } from '../host/evidence.ts';
import type { Host } from '../host/host.ts';

/** Whether git keeps a path of the project, relative to its root. */
export type Tracked = (path: string) => boolean;

/** {@link readGitIndex} for a project; unknown for a machine. */
export const gitIndexFact = defineFact<Tracked>({
  id: 'git-index',
  kinds: ['project'],
  gather: readGitIndex,
});

/**
 * What git tracks in a project, from .git/index; see gitformat-index(5). Unknown where there is no index at
 * the root (a worktree, an export), or where it is of version 4, whose paths are not written out.
 */
export async function readGitIndex(host: Host): Promise<Evidence<Tracked>> {
  const source = '/.git/index';
  const index = await host.read(source);
  if (index.state === 'unknown') return index;
  if (index.value === null)
    return unknown('unsupported', 'there is no .git/index to say what git tracks', source);
  const text = index.value;
  const version = /^DIRC\0\0\0([\x02-\x04])/.exec(text)?.[1]?.charCodeAt(0);
  if (version === undefined) return unknown('unparsable', '.git/index is no index of git', source);
  if (version === 4) return unknown('unsupported', '.git/index is of version 4, which was not read', source);
  return known((path) => hasEntry(text, path.replace(/^\//, '')), source);
}

/**
 * An entry's path follows its length (the low byte of its flags) or the extended flags, which end with a zero,
 * and ends with one. Bytes that are no UTF-8 were replaced, those of the path and around it are ASCII.
 */
function hasEntry(index: string, path: string): boolean {
  const length = path.length < 0x80 ? String.fromCharCode(path.length) : '�';
  for (let at = index.indexOf(`${path}\0`); at !== -1; at = index.indexOf(`${path}\0`, at + 1)) {
    const before = index[at - 1];
    if (before === length || before === '\0') return true;
  }
  return false;
}
