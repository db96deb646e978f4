import type { Host } from '../../host/host.ts';
import { parseUnitName, templateOf } from './unit-name.ts';

/**
 * Where the system manager looks for units, surest first; see systemd.unit(5). The control and transient
 * directories hold what `systemctl set-property` and systemd-run(1) wrote.
 */
export const searchPath = [
  '/etc/systemd/system.control',
  '/run/systemd/system.control',
  '/run/systemd/transient',
  '/run/systemd/generator.early',
  '/etc/systemd/system',
  '/etc/systemd/system.attached',
  '/run/systemd/system',
  '/run/systemd/system.attached',
  '/run/systemd/generator',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
  '/run/systemd/generator.late',
] as const;

/** What a unit's name leads to. */
export type Entry =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'masked'; readonly path: string }
  | { readonly kind: 'alias'; readonly path: string; readonly of: string };

/** The unit files of a machine by name, before any is read. */
export interface UnitTree {
  readonly kind: 'machine' | 'project';
  readonly entries: ReadonlyMap<string, Entry>;
  /** Further names by the name that they lead to. */
  readonly aliases: ReadonlyMap<string, readonly string[]>;
  /** Paths of the drop-ins in each `NAME.d`, in the order of the search path. */
  readonly dropIns: ReadonlyMap<string, readonly string[]>;
  /** Names that another unit wants or requires: they are enabled, instances included. */
  readonly wanted: ReadonlySet<string>;
  /** What could not be listed. */
  readonly gaps: readonly string[];
}

interface Directory {
  readonly path: string;
  readonly names: readonly string[];
}

/** Lists the machine's unit files. */
export async function readUnitTree(host: Host): Promise<UnitTree> {
  const merged = await host.readlink('/lib');
  const isMerged = merged.state === 'known' && merged.value !== null;
  const paths = searchPath.filter((path) => !(isMerged && path.startsWith('/lib/')));
  const gaps: string[] = [];
  const list = async (path: string): Promise<Directory> => {
    const evidence = await host.list(path);
    if (evidence.state === 'unknown') gaps.push(evidence.detail);
    return { path, names: evidence.state === 'known' ? (evidence.value ?? []) : [] };
  };
  const directories = await Promise.all(paths.map(list));
  const inside = (ending: RegExp) =>
    Promise.all(
      directories.flatMap(({ path, names }) =>
        names.filter((name) => ending.test(name)).map((name) => list(`${path}/${name}`)),
      ),
    );
  const [entries, dropIns, wanted] = await Promise.all([
    findEntries(host, directories),
    inside(/(?:^|\.)(?:service|slice)\.d$/),
    inside(/\.(?:wants|requires|upholds)$/),
  ]);
  return {
    kind: 'machine',
    entries,
    aliases: findAliases(entries),
    dropIns: groupDropIns(dropIns),
    wanted: new Set(wanted.flatMap(({ names }) => names)),
    gaps,
  };
}

async function findEntries(host: Host, directories: readonly Directory[]): Promise<Map<string, Entry>> {
  const first = new Map<string, string>();
  for (const { path, names } of directories) {
    for (const name of names) {
      const type = parseUnitName(name)?.type;
      if ((type === 'service' || type === 'slice') && !first.has(name)) first.set(name, `${path}/${name}`);
    }
  }
  return new Map(
    await Promise.all(
      [...first].map(async ([name, path]): Promise<[string, Entry]> => {
        const target = await host.readlink(path);
        return [name, entryOf(name, path, target.state === 'known' ? target.value : null)];
      }),
    ),
  );
}

function entryOf(name: string, path: string, target: string | null): Entry {
  if (target === null) return { kind: 'file', path };
  if (target === '/dev/null') return { kind: 'masked', path };
  const at = target.lastIndexOf('/');
  const of = target.slice(at + 1);
  const directory = at < 0 ? '.' : target.slice(0, at);
  const isUnitDirectory =
    directory === '.' || /(?:^|\/)systemd\/(?:system|transient|generator)/.test(directory);
  // A link to a file elsewhere, or to one of the same name, is a way to that file and no second name.
  const isAlias = isUnitDirectory && of !== name && of !== templateOf(name) && parseUnitName(of) !== null;
  return isAlias ? { kind: 'alias', path, of } : { kind: 'file', path };
}

function findAliases(entries: ReadonlyMap<string, Entry>): Map<string, string[]> {
  const aliases = new Map<string, string[]>();
  for (const [alias, { kind }] of entries) {
    if (kind !== 'alias') continue;
    const { name } = resolveName({ entries }, alias);
    aliases.set(name, [...(aliases.get(name) ?? []), alias]);
  }
  return aliases;
}

/** Drop-in paths by the name of their directory. */
export function groupDropIns(directories: readonly Directory[]): Map<string, string[]> {
  const byName = new Map<string, string[]>();
  for (const { path, names } of directories) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const files = names.filter((each) => each.endsWith('.conf') && !each.startsWith('.'));
    byName.set(name, [...(byName.get(name) ?? []), ...files.map((file) => `${path}/${file}`)]);
  }
  return byName;
}

/** A unit's own name, behind its aliases, and the entry that holds its fragment. */
export function resolveName(
  tree: Pick<UnitTree, 'entries'>,
  name: string,
): { name: string; entry: Entry | null } {
  let at = name;
  for (let links = 0; links < 16; links += 1) {
    const template = templateOf(at);
    const entry = tree.entries.get(at) ?? (template === null ? undefined : tree.entries.get(template));
    if (entry?.kind !== 'alias') return { name: at, entry: entry ?? null };
    const [to, from] = [parseUnitName(entry.of), parseUnitName(at)];
    at = to?.instance === '' ? `${to.prefix}@${from?.instance ?? ''}.${to.type}` : entry.of;
  }
  return { name: at, entry: null };
}

/** Place of a path's directory in the search path; lower is surer. */
export function pathRank(path: string): number {
  const rank = searchPath.findIndex((directory) => path.startsWith(`${directory}/`));
  return rank < 0 ? searchPath.length : rank;
}
