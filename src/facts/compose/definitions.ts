import type { Host } from '../../host/host.ts';
import type { Definition, Workload } from '../workloads/workload.ts';

const label = (name: string) => `com.docker.compose.${name}`;

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
      const service = labels[label('service')];
      const files = labels[label('project.config_files')]?.split(',') ?? [];
      // `docker compose run` makes what no file describes.
      const isOneOff = labels[label('oneoff')]?.toLowerCase() === 'true';
      if (service === undefined || files.length === 0 || isOneOff) return workload;
      const elsewhere = otherSource(files, labels[label('project.environment_file')]);
      if (elsewhere !== null)
        return { ...workload, definition: { files, service: null, because: elsewhere } };
      const directory = labels[label('project.working_dir')] ?? files[0]?.replace(/\/[^/]*$/, '') ?? '/';
      const key = JSON.stringify([directory, files]);
      const project = projects.get(key) ?? servicesOf(host, files, directory);
      projects.set(key, project);
      return { ...workload, definition: (await project)(service) };
    }),
  );
}

/** Where it was made from that is no file to read again; `null`: from its files and the .env beside them. */
function otherSource(files: readonly string[], environment: string | undefined): string | null {
  const odd = files.find((file) => !file.startsWith('/'));
  if (odd !== undefined) return `${odd === '-' ? 'standard input' : odd} is what Compose made it from`;
  if (environment === undefined || environment === '' || environment.endsWith('/.env')) return null;
  return `its variables came from ${environment}`;
}

async function servicesOf(
  host: Host,
  files: readonly string[],
  directory: string,
): Promise<(service: string) => Definition> {
  const named = files.join(', ');
  const present = await Promise.all(files.map((file) => host.stat(file)));
  const unread = present.find((stat) => stat.state === 'unknown' || stat.value === null);
  if (unread !== undefined) {
    const because = unread.state === 'unknown' ? unread.detail : `${named} is not there any more`;
    return () => ({ files, service: null, because });
  }
  // The reader of YAML takes a while to load, and most machines need none.
  const { resolveComposeProject } = await import('./project.ts');
  const { services, problems } = await resolveComposeProject(host, files, directory);
  return (name) => {
    const service = services.get(name) ?? null;
    const because = service === null ? (problems[0] ?? `${named} has no service ${name} any more`) : null;
    return { files, service, because };
  };
}
