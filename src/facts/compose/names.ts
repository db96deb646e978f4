import { namespaceSettings } from '../workloads/shared-namespace.ts';
import type { NamespaceKind, Workload } from '../workloads/workload.ts';
import type { ComposeProject } from './project.ts';

/** A project, and whether Compose finds it by itself. */
export interface FoundProject extends ComposeProject {
  readonly isBase: boolean;
}

interface Named {
  readonly project: FoundProject;
  readonly service: string;
  readonly workload: Workload;
}

/**
 * The services of all projects under names that are unique: what several projects describe alike is one, and where
 * they differ, the file that makes the project is said with it.
 */
export function nameWorkloads(projects: readonly FoundProject[]): readonly Workload[] {
  const distinct: Named[] = [];
  /** Which of the distinct ones a project's service is. */
  const chosen = new Map<FoundProject, Map<string, Named>>();
  const byShape = new Map<string, Named>();
  for (const project of projects) {
    const own = new Map<string, Named>();
    chosen.set(project, own);
    for (const [service, workload] of project.services) {
      const shape = shapeOf(workload);
      const named = byShape.get(shape) ?? { project, service, workload };
      if (!byShape.has(shape)) distinct.push(named);
      byShape.set(shape, named);
      own.set(service, named);
    }
  }
  const names = uniqueNames(distinct);
  return distinct.map((each) => {
    const nameOf = (service: string) => {
      const other = chosen.get(each.project)?.get(service);
      return other === undefined ? service : (names.get(other) ?? service);
    };
    const { workload } = each;
    return {
      ...workload,
      name: names.get(each) ?? workload.name,
      namespaces: joined(workload, nameOf),
      unsettled: new Map([...borrowed(workload, each.project), ...workload.unsettled]),
    };
  });
}

/** Places are a part of it: the same words elsewhere are another service. */
function shapeOf({ places, unsettled, ...workload }: Workload): string {
  // What several projects describe alike is one service.
  return JSON.stringify([{ ...workload, compose: workload.compose?.service }, [...places], [...unsettled]]);
}

/** Told apart by the file that makes the project, or in one file by the service; profiles share container names. */
function uniqueNames(all: readonly Named[]): ReadonlyMap<Named, string> {
  const byName = new Map<string, Named[]>();
  for (const each of all) byName.set(each.workload.name, [...(byName.get(each.workload.name) ?? []), each]);
  const names = new Map<Named, string>();
  for (const [name, group] of byName) {
    const files = group.map(fileOf);
    for (const [index, each] of group.entries()) {
      const file = files[index] ?? '';
      const isAlone = files.filter((other) => other === file).length === 1;
      const apart = isAlone ? file : new Set(files).size === 1 ? each.service : `${file}, ${each.service}`;
      names.set(each, group.length === 1 ? name : `${name} (${apart})`);
    }
  }
  return names;
}

/** The file that is named for it: the first of what Compose finds by itself, the last of what is put over another. */
function fileOf({ project }: Named): string {
  return project.files.at(project.isBase ? 0 : -1)?.replace(/^\/+/, '') ?? '';
}

/** A namespace of another service is as unknown as that one's. */
function borrowed(workload: Workload, { services }: ComposeProject): ReadonlyMap<string, string> {
  const open = new Map<string, string>();
  for (const [kind, setting] of Object.entries(namespaceSettings)) {
    const seen = new Set<Workload>([workload]);
    for (let at = lender(workload, kind as NamespaceKind, services); at !== undefined && !seen.has(at);) {
      seen.add(at);
      const why = at.unsettled.get(setting);
      if (why !== undefined) open.set(setting, why);
      at = lender(at, kind as NamespaceKind, services);
    }
  }
  return open;
}

function lender(
  { namespaces }: Workload,
  kind: NamespaceKind,
  services: ComposeProject['services'],
): Workload | undefined {
  const [, name] = /^service:(.*)$/s.exec(namespaces[kind]) ?? [];
  return name === undefined ? undefined : services.get(name);
}

function joined({ namespaces }: Workload, nameOf: (service: string) => string): Workload['namespaces'] {
  const own = (mode: string) =>
    mode.replace(/^service:(.*)$/s, (_, service: string) => `container:${nameOf(service)}`);
  return {
    network: own(namespaces.network),
    pid: own(namespaces.pid),
    ipc: own(namespaces.ipc),
    uts: own(namespaces.uts),
    user: own(namespaces.user),
    cgroup: own(namespaces.cgroup),
  };
}
