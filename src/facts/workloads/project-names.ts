import { posix } from 'node:path';
import type { Workload } from './workload.ts';

/**
 * All that a repository describes, under names that are unique: what is deployed from one file says nothing of what
 * another file deploys under the same name.
 *
 * @param named - workloads whose names are unique already: they keep them
 * @param others - of units and quadlets; where the name is another's too, the file is said with it
 */
export function toldApart(named: readonly Workload[], others: readonly Workload[]): readonly Workload[] {
  const names = uniqueNames(named, others);
  return [
    ...named,
    ...others.map((workload, index) => ({
      ...workload,
      name: names[index] ?? workload.name,
      namespaces: joined(workload, others, names),
    })),
  ];
}

function uniqueNames(named: readonly Workload[], others: readonly Workload[]): readonly string[] {
  const all = [...named, ...others];
  const taken = new Set(named.map(({ name }) => name));
  return others.map((workload) => {
    const isAlone = all.filter(({ name }) => name === workload.name).length === 1;
    const wanted = isAlone ? workload.name : `${workload.name} (${fileOf(workload).replace(/^\/+/, '')})`;
    let name = wanted;
    for (let count = 2; taken.has(name); count += 1) name = `${wanted} (${String(count)})`;
    taken.add(name);
    return name;
  });
}

function fileOf({ places, origin }: Workload): string {
  return places.get('workload')?.file ?? origin;
}

/** `container:web` is the one of its own folder, whatever this is called now. */
function joined(
  workload: Workload,
  others: readonly Workload[],
  names: readonly string[],
): Workload['namespaces'] {
  const folder = posix.dirname(fileOf(workload));
  const own = (mode: string) =>
    mode.replace(/^container:(.*)$/s, (whole, name: string) => {
      const index = others.findIndex(
        (other) => other.name === name && posix.dirname(fileOf(other)) === folder,
      );
      return index < 0 ? whole : `container:${names[index] ?? name}`;
    });
  const { network, pid, ipc, uts, user, cgroup } = workload.namespaces;
  return {
    ...{ network: own(network), pid: own(pid), ipc: own(ipc) },
    ...{ uts: own(uts), user: own(user), cgroup: own(cgroup) },
  };
}
