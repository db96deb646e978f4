import { defineFact } from '../../engine/fact.ts';
import { knownInPart } from '../../host/evidence.ts';
import { projectFilesFact } from '../project-files.ts';
import type { Workload } from '../workloads/workload.ts';
import { discoverProjects } from './discover.ts';
import type { FoundProject } from './names.ts';
import { nameWorkloads } from './names.ts';
import type { ParsedFile } from './parse.ts';
import { resolveComposeProject } from './project.ts';

/**
 * Services of a project's compose files, as Compose would run them, those behind profiles included. What the files
 * do not tell of a service is in its `unsettled`; files that could not be read are gaps.
 */
export const composeFact = defineFact<readonly Workload[]>({
  id: 'compose',
  kinds: ['project'],
  gather: async (host, read) => {
    const listed = await read(projectFilesFact);
    if (listed.state === 'unknown') return listed;
    const { paths, incomplete } = listed.value;
    const parsed = new Map<string, Promise<ParsedFile>>();
    const { projects, problems } = await discoverProjects(host, paths, parsed);
    const resolved: FoundProject[] = [];
    for (const { files, directory, isBase } of projects) {
      resolved.push({ ...(await resolveComposeProject(host, files, directory, parsed)), isBase });
    }
    const kept = withoutParts(resolved);
    const gaps = [
      ...(incomplete === null ? [] : [incomplete]),
      ...problems,
      ...kept.flatMap((project) => project.problems),
    ];
    return knownInPart(nameWorkloads(kept), 'compose files', gaps);
  },
});

/** A file that another project includes or extends is a part of it, unless Compose finds it by its own name. */
function withoutParts(projects: readonly FoundProject[]): readonly FoundProject[] {
  const kept = new Set(projects);
  for (const project of projects) {
    const own = project.files.at(-1) ?? '';
    const isPart = [...kept].some((other) => other !== project && other.used.includes(own));
    if (isPart && !project.isBase) kept.delete(project);
  }
  return [...kept];
}
