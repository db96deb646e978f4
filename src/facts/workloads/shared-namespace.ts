import type { Setting } from './setting.ts';
import type { NamespaceKind, Workload } from './workload.ts';

/** The setting that says which namespace of a kind a workload is in. */
export const namespaceSettings = {
  network: 'network',
  pid: 'pid',
  ipc: 'ipc',
  uts: 'uts',
  user: 'userns',
  cgroup: 'cgroup',
} as const satisfies Record<NamespaceKind, Setting>;

export interface NamespaceAnswer {
  /** As in Namespaces, never `container:…`; `null` when the other container is not there to ask. */
  readonly mode: string | null;
  /** Containers on the way, nearest first: `container:X` has X's namespace. */
  readonly through: readonly string[];
  /** Whose it is; the workload itself, where it borrows none. */
  readonly owner: Workload;
}

/** The namespace a workload really has, whoever it borrows it from. */
export function namespaceOf(
  workload: Workload,
  kind: NamespaceKind,
  all: readonly Workload[],
): NamespaceAnswer {
  const through: string[] = [];
  let at = workload;
  for (;;) {
    const mode = at.namespaces[kind];
    const other = /^(?:container|service):(.+)$/.exec(mode)?.[1];
    if (other === undefined) return { mode, through, owner: at };
    const found = called(other, all);
    if (found === undefined || through.includes(found.name)) {
      return { mode: null, through: [...through, other], owner: at };
    }
    through.push(found.name);
    at = found;
  }
}

/** As the engine looks a container up: by its whole id, else its name, else the beginning of its id (moby, `GetContainer`). */
function called(other: string, all: readonly Workload[]): Workload | undefined {
  return (
    all.find(({ id }) => id === other) ??
    all.find(({ name }) => name === other) ??
    all.find(({ id }) => id?.startsWith(other) === true)
  );
}
