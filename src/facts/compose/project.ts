import { posix } from 'node:path';
import type { Host } from '../../host/host.ts';
import type { Workload } from '../workloads/workload.ts';
import type { NamedBuild } from './builds.ts';
import { namedBuilds } from './builds.ts';
import type { Variables } from './dotenv.ts';
import { loadModel } from './load.ts';
import type { ProjectContext } from './service.ts';
import { workloadOfService } from './service.ts';
import type { ServiceName, Session } from './session.ts';
import { lookupIn, readVariables, sessionOn } from './session.ts';
import type { Mapping } from './tree.ts';
import { entriesOf, valueAt } from './tree.ts';
import { borrowingIn } from './volumes-from.ts';

/** Of all services together: each may publish a range of all ports. */
const mostPorts = 200_000;

/** A service that Compose refuses to run as it is, though another may extend it. */
interface Imageless extends ServiceName {
  readonly line: number;
}

export interface ComposeProject {
  /** `null` where it follows from where a repository lies. */
  readonly name: string | null;
  /** The files that are merged, absolute, in their order. */
  readonly files: readonly string[];
  /** By the service's own name; where its namespace is another service's, that is `service:NAME` still. */
  readonly services: ReadonlyMap<string, Workload>;
  /** Dockerfiles that its services name. */
  readonly builds: readonly NamedBuild[];
  /** Files that these include. */
  readonly included: readonly string[];
  /** Services of other files that these extend. */
  readonly extended: readonly ServiceName[];
  /** Services with neither an image nor a build. */
  readonly imageless: readonly Imageless[];
  /**
   * What was not read or not understood, or what else Compose refuses, one sentence each with file and line; see
   * {@link refusedServices}.
   */
  readonly problems: readonly string[];
}

/**
 * What `docker compose -f FILE … --project-directory DIRECTORY` would run, all profiles together. Only the host's
 * files count, never the environment of who asks: a variable that nothing sets makes a setting `unsettled`.
 *
 * @param files - absolute paths, merged in this order
 * @param parsed - shares parsed files with other projects of the same host
 * @param environmentFiles - absolute paths, each over the ones before it
 */
export async function resolveComposeProject(
  host: Host,
  files: readonly string[],
  projectDirectory: string,
  parsed: Session['parsed'] = new Map(),
  environmentFiles: readonly string[] = [posix.join(projectDirectory, '.env')],
): Promise<ComposeProject> {
  const session = sessionOn(host, parsed);
  const variables = await readVariables(session, environmentFiles, new Map());
  const model = await loadModel(session, {
    paths: files,
    directory: projectDirectory,
    variables,
    includedBy: [],
  });
  const name = nameOf(model, variables, projectDirectory);
  const all = new Map(variables);
  if (name !== null) all.set('COMPOSE_PROJECT_NAME', { value: name, line: 0, unset: [] });
  const allowance = { ports: mostPorts };
  const context: ProjectContext = { session, model, allowance, variables: all, project: name };
  const services = new Map<string, Workload>();
  const imageless: Imageless[] = [];
  const borrowing = borrowingIn(model);
  for (const [key, entry] of entriesOf(valueAt(model, 'services'))) {
    const service = entry.value;
    const { file, line } = entry.at;
    const [provider, models] = [valueAt(service, 'provider'), valueAt(service, 'models')];
    if (models !== null) {
      session.problems.push(
        `${file}:${String(line)}: service ${key} uses models that Docker’s model runner serves, which was not judged`,
      );
    }
    if (service.kind !== 'mapping') {
      session.problems.push(`${file}:${String(line)}: service ${key} is no mapping, and Compose refuses it`);
    } else if (['image', 'build'].some((each) => valueAt(service, each) !== null)) {
      const workload = await workloadOfService(key, entry, borrowing(service), context);
      const compose = { files: files.map((path) => shownPath(host, path)), service: key };
      services.set(key, { ...workload, compose });
    } else if (provider !== null) {
      session.problems.push(
        `${file}:${String(line)}: service ${key} is made by a provider outside Compose, and what that runs was not judged`,
      );
    } else {
      imageless.push({ file, service: key, line });
    }
  }
  const { included, extended, problems } = session;
  return {
    ...{ name, files, services, extended, imageless },
    builds: namedBuilds(model),
    included: [...included],
    problems: [...new Set(problems)],
  };
}

/** One sentence for each file with services that Compose refuses because they have nothing to run. */
export function refusedServices(imageless: readonly Imageless[]): readonly string[] {
  const byFile = new Map<string, string[]>();
  for (const { file, service, line } of imageless) {
    byFile.set(file, [...(byFile.get(file) ?? []), `${service} (line ${String(line)})`]);
  }
  return Array.from(
    byFile,
    ([file, names]) =>
      `${file}: Compose refuses what has neither an image nor a build, and no file beside it has one: ${names.join(', ')}`,
  );
}

/** A repository's files are named from its root. */
function shownPath({ origin }: Host, path: string): string {
  return origin.kind === 'project' ? path.replace(/^\//, '') : path;
}

/** Lower case, of what a name may have (loader.go, NormalizeProjectName). */
function nameOf(model: Mapping, variables: Variables, directory: string): string | null {
  const written = valueAt(model, 'name');
  const own = written?.kind === 'scalar' && written.unset.length === 0 ? (written.text ?? '') : '';
  const wanted =
    lookupIn(variables)('COMPOSE_PROJECT_NAME') ?? (own === '' ? posix.basename(directory) : own);
  const name = wanted
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '');
  return name === '' ? null : name;
}
