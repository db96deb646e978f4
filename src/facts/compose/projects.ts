import { posix } from 'node:path';
import { defineFact } from '../../engine/fact.ts';
import { knownInPart } from '../../host/evidence.ts';
import { projectFilesFact } from '../project-files.ts';
import { discoverProjects, isNamedForCompose } from './discover.ts';
import type { FoundProject } from './names.ts';
import type { ParsedFile } from './parse.ts';
import { refusedServices, resolveComposeProject } from './project.ts';

/** A repository's Compose projects, resolved; files that could not be read are gaps. */
export const composeProjectsFact = defineFact<readonly FoundProject[]>({
  id: 'compose-projects',
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
    const kept = withoutIncluded(resolved);
    const gaps = [
      ...(incomplete === null ? [] : [incomplete]),
      ...problems,
      ...kept.flatMap((project) => [
        ...project.problems,
        ...refusedServices(withoutTemplates(project, kept)),
      ]),
    ];
    const run = kept.map((project) => withoutExtended(project, kept));
    return knownInPart(run, 'compose files', gaps);
  },
});

/** A file that another project includes is a part of it, with all its services, unless Compose finds it by its own name. */
function withoutIncluded(projects: readonly FoundProject[]): readonly FoundProject[] {
  const kept = new Set(projects);
  for (const project of projects) {
    const own = project.files.at(-1) ?? '';
    const isPart = [...kept].some((other) => other !== project && other.included.includes(own));
    if (isPart && !project.isBase) kept.delete(project);
  }
  return [...kept];
}

/** What others extend is a template, where the file's name does not say that Compose is to run it. */
function withoutExtended(project: FoundProject, projects: readonly FoundProject[]): FoundProject {
  const own = project.files.at(-1) ?? '';
  if (isNamedForCompose(posix.basename(own))) return project;
  const extended = projects.flatMap((other) => (other === project ? [] : other.extended));
  const services = [...project.services].filter(
    ([name]) => !extended.some(({ file, service }) => file === own.slice(1) && service === name),
  );
  return { ...project, services: new Map(services) };
}

/**
 * What of a project's services Compose refuses though nobody means them as templates: those that another project extends are, and
 * so is all that stands in such a file where nothing in it can run. `extends` copies one service: whatever else the file
 * runs, it still runs.
 */
function withoutTemplates(
  project: FoundProject,
  projects: readonly FoundProject[],
): FoundProject['imageless'] {
  const { imageless, services } = project;
  const extended = projects.flatMap((other) => (other === project ? [] : other.extended));
  return imageless.filter(({ file, service }) => {
    const fromHere = extended.filter((each) => each.file === file);
    return services.size === 0 ? fromHere.length === 0 : !fromHere.some((each) => each.service === service);
  });
}
