import { parseUnitName } from './unit-name.ts';
import type { Entry, UnitTree } from './unit-tree.ts';
import { groupDropIns } from './unit-tree.ts';

/** A repository's units: each folder with unit files is a tree of its own. */
export function projectTrees(paths: readonly string[]): UnitTree[] {
  const entries = new Map<string, Map<string, Entry>>();
  const dropIns = new Map<string, Map<string, string[]>>();
  for (const path of paths) {
    const [, folder = '', name = ''] = /^(.*)\/([^/]+)$/.exec(path) ?? [];
    const type = parseUnitName(name)?.type;
    if (type === 'service' || type === 'slice') {
      entries.set(folder, new Map(entries.get(folder)).set(name, { kind: 'file', path }));
    } else if (/[./](?:service|slice)\.d$/.test(folder) && name.endsWith('.conf')) {
      const above = folder.slice(0, folder.lastIndexOf('/'));
      const inFolder = dropIns.get(above) ?? new Map<string, string[]>();
      dropIns.set(above, inFolder.set(folder, [...(inFolder.get(folder) ?? []), name]));
    }
  }
  return [...new Set([...entries.keys(), ...dropIns.keys()])].toSorted().map((folder) => ({
    kind: 'project',
    entries: entries.get(folder) ?? new Map<string, Entry>(),
    aliases: new Map<string, string[]>(),
    dropIns: groupDropIns([...(dropIns.get(folder) ?? [])].map(([path, names]) => ({ path, names }))),
    wanted: new Set<string>(),
    gaps: [],
  }));
}
