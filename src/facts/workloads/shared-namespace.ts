import { remembered, rememberedBy } from '../remember.ts';
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

/** Of a longer way, both ends tell enough: as many names as a person reads. */
const mostShown = 6;

/** The containers on the way, in words. */
export function wayThrough({ through }: NamespaceAnswer, joint: string): string {
  const left = through.length - mostShown;
  if (left <= 0) return through.join(joint);
  const half = mostShown / 2;
  return [...through.slice(0, half), `${String(left)} more`, ...through.slice(-half)].join(joint);
}

/** The namespace a workload really has, whoever it borrows it from; computed once for each list of workloads. */
export function namespaceOf(
  workload: Workload,
  kind: NamespaceKind,
  all: readonly Workload[],
): NamespaceAnswer {
  return answersOf(all)[kind](workload);
}

/** Every rule asks, and in a chain of containers each answer is the way through all that are behind it. */
const answersOf = remembered((all: readonly Workload[]) => {
  const of = (kind: NamespaceKind) => remembered((workload: Workload) => follow(workload, kind, all));
  return {
    network: of('network'),
    pid: of('pid'),
    ipc: of('ipc'),
    uts: of('uts'),
    user: of('user'),
    cgroup: of('cgroup'),
  };
});

function follow(workload: Workload, kind: NamespaceKind, all: readonly Workload[]): NamespaceAnswer {
  const through = new Set<string>();
  let at = workload;
  for (;;) {
    const mode = at.namespaces[kind];
    const other = /^(?:container|service):(.+)$/.exec(mode)?.[1];
    if (other === undefined) return { mode, through: [...through], owner: at };
    const found = called(all, other);
    if (found === undefined || through.has(found.name)) {
      return { mode: null, through: [...through, other], owner: at };
    }
    through.add(found.name);
    at = found;
  }
}

/** As the engine looks a container up: by its whole id, else its name, else the beginning of its id (moby, `GetContainer`). */
const called = rememberedBy(
  (other: string) => other,
  (all: readonly Workload[], other: string) =>
    all.find(({ id }) => id === other) ??
    all.find(({ name }) => name === other) ??
    all.find(({ id }) => id?.startsWith(other) === true),
);
