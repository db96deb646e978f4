import type { Host } from '../../host/host.ts';
import type { Definition, Workload } from '../workloads/workload.ts';
import type { ComposeLabels } from './labels.ts';
import { composeLabels } from './labels.ts';

/**
 * Adds to every container that Docker Compose made the service that its files describe now, by the labels that
 * Compose gave it. Files that could not be read, or do not have the service any more, are said.
 */
export async function withDefinitions(
  host: Host,
  workloads: readonly Workload[],
): Promise<readonly Workload[]> {
  const projects = new Map<string, Promise<(service: string) => Definition>>();
  return Promise.all(
    workloads.map(async (workload) => {
      const { labels } = workload;
      const service = labels['com.docker.compose.service'];
      const made = composeLabels(labels);
      const { files, directory, environmentFiles } = made;
      // `docker compose run` makes what no file describes.
      const isOneOff = labels['com.docker.compose.oneoff']?.toLowerCase() === 'true';
      if (service === undefined || files.length === 0 || isOneOff) return workload;
      const odd = files.find((file) => !file.startsWith('/'));
      if (odd !== undefined) {
        const because = `${odd === '-' ? 'standard input' : odd} is what Compose made it from`;
        return { ...workload, definition: { files, service: null, because } };
      }
      const key = JSON.stringify([directory, files, environmentFiles]);
      const project = projects.get(key) ?? servicesOf(host, made);
      projects.set(key, project);
      return { ...workload, definition: (await project)(service) };
    }),
  );
}

async function servicesOf(
  host: Host,
  { files, directory, environmentFiles }: ComposeLabels,
): Promise<(service: string) => Definition> {
  const named = files.join(', ');
  for (const file of [...files, ...environmentFiles]) {
    const stat = await host.stat(file);
    if (stat.state === 'known' && stat.value !== null) continue;
    const because = stat.state === 'unknown' ? stat.detail : `${file} is not there any more`;
    return () => ({ files, service: null, because });
  }
  // The reader of YAML takes a while to load, and most machines need none.
  const { refusedServices, resolveComposeProject } = await import('./project.ts');
  const { services, imageless, ...project } = await resolveComposeProject(
    host,
    files,
    directory ?? '/',
    new Map(),
    environmentFiles.length === 0 ? undefined : environmentFiles,
  );
  const problems = [...project.problems, ...refusedServices(imageless)];
  return (name) => {
    const service = services.get(name) ?? null;
    const because = service === null ? (problems[0] ?? `${named} has no service ${name} any more`) : null;
    return { files, service, because };
  };
}
