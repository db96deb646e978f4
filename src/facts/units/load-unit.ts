import type { Host } from '../../host/host.ts';
import type { SourcedAssignment } from './settings.ts';
import { dropInDirectories, parseUnitName } from './unit-name.ts';
import { parseUnitFile } from './unit-file.ts';
import type { UnitTree } from './unit-tree.ts';
import { pathRank, resolveName } from './unit-tree.ts';

/** A unit's files, read and put in order. */
export interface LoadedUnit {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly state: 'loaded' | 'masked' | 'not-found';
  /** `null` for a unit that has drop-ins alone. */
  readonly fragment: string | null;
  readonly files: readonly string[];
  /** Of the fragment, then of the drop-ins by their names. */
  readonly assignments: readonly SourcedAssignment[];
  /** Unit files that could not be read. */
  readonly unread: readonly string[];
}

/** Reads the files of a unit and of its drop-ins. */
export async function loadUnit(host: Host, tree: UnitTree, asked: string): Promise<LoadedUnit> {
  const { name, entry } = resolveName(tree, asked);
  const aliases = tree.aliases.get(name) ?? [];
  const nothing = { name, aliases, fragment: null, files: [], assignments: [], unread: [] };
  if (entry?.kind === 'masked') return { ...nothing, state: 'masked' };
  const fragment = entry === null ? null : await readUnitFile(host, entry.path);
  if (fragment?.isEmpty === true) return { ...nothing, state: 'masked' };
  const dropIns = await Promise.all(
    dropInPaths(tree, [name, ...aliases]).map((path) => readUnitFile(host, path)),
  );
  const files = [...(fragment === null ? [] : [fragment]), ...dropIns];
  // A repository may hold the drop-ins of a unit that a package brings.
  const isDropInAlone = tree.kind === 'project' && entry === null && dropIns.length > 0;
  const isService = parseUnitName(name)?.type === 'service';
  return {
    name,
    aliases,
    // A slice needs no file.
    state: entry === null && isService && !isDropInAlone ? 'not-found' : 'loaded',
    fragment: entry?.path ?? null,
    files: files.filter(({ isEmpty }) => !isEmpty).map(({ path }) => path),
    assignments: files.flatMap(({ assignments }) => assignments),
    unread: [
      ...files.filter(({ isUnread }) => isUnread).map(({ path }) => path),
      ...(isDropInAlone && isService ? [`the unit file of ${name}`] : []),
    ],
  };
}

/**
 * Drop-ins by file name, the first of each name in the order: every directory of the search path for the
 * unit's own `.d`, its template's and the dash-ended ones; `service.d` ranks last whatever its directory.
 */
export function dropInPaths(tree: UnitTree, names: readonly string[]): string[] {
  const type = parseUnitName(names[0] ?? '')?.type ?? 'service';
  const wanted = names.flatMap(dropInDirectories);
  const own = wanted
    .flatMap((directory, index) => (tree.dropIns.get(directory) ?? []).map((path) => ({ path, index })))
    .toSorted((a, b) => pathRank(a.path) - pathRank(b.path) || a.index - b.index)
    .map(({ path }) => path);
  const chosen = new Map<string, string>();
  for (const path of [...own, ...(tree.dropIns.get(`${type}.d`) ?? [])]) {
    const file = path.slice(path.lastIndexOf('/') + 1);
    if (!chosen.has(file)) chosen.set(file, path);
  }
  return [...chosen].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path);
}

interface ReadFile {
  readonly path: string;
  readonly assignments: readonly SourcedAssignment[];
  /** Empty, or a link to /dev/null: it masks what it stands before. */
  readonly isEmpty: boolean;
  readonly isUnread: boolean;
}

async function readUnitFile(host: Host, path: string): Promise<ReadFile> {
  const target = await host.readlink(path);
  if (target.state === 'known' && target.value === '/dev/null') {
    return { path, assignments: [], isEmpty: true, isUnread: false };
  }
  const evidence = await host.read(path);
  if (evidence.state === 'unknown') return { path, assignments: [], isEmpty: false, isUnread: true };
  const text = evidence.value ?? '';
  const assignments = parseUnitFile(text).map((assignment) => ({ ...assignment, source: path }));
  return { path, assignments, isEmpty: text === '', isUnread: false };
}
