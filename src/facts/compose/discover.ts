import { posix } from 'node:path';
import type { Host } from '../../host/host.ts';
import { lookupIn, readComposeFile, readVariables, sessionOn } from './session.ts';
import type { Session } from './session.ts';
import type { Mapping } from './tree.ts';
import { entriesOf, valueAt } from './tree.ts';

/** Files that belong together, and why they were taken for a project. */
export interface ProjectFiles {
  readonly files: readonly string[];
  readonly directory: string;
  /** Named so that Compose finds it by itself. */
  readonly isBase: boolean;
}

export interface Discovery {
  readonly projects: readonly ProjectFiles[];
  readonly problems: readonly string[];
}

/** In Compose's own order (compose-go, cli/options.go). */
const baseNames = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];
const overrideNames = [
  ...['compose.override.yml', 'compose.override.yaml'],
  ...['docker-compose.override.yml', 'docker-compose.override.yaml'],
];

const isComposeName = (name: string) => /compose/i.test(name) && /\.ya?ml$/i.test(name);
const isNamedForCompose = (name: string) =>
  /^(?:docker-)?compose[.-].*\.ya?ml$/i.test(name) || baseNames.includes(name);

/**
 * The projects in a repository, by its file names and by what stands in the files:
 *
 * - in every directory, what `docker compose up` takes by itself: the first of the four names with the first
 *   override file, or the files that COMPOSE_FILE names in .env;
 * - every other compose file is for `-f`: over the first one where a service of it cannot run alone (no image, no build,
 *   nothing that it extends) and is one of the first one's, else by itself.
 */
export async function discoverProjects(
  host: Host,
  paths: readonly string[],
  parsed: Session['parsed'],
): Promise<Discovery> {
  const directories = new Map<string, string[]>();
  for (const path of paths) {
    if (!isComposeName(posix.basename(path))) continue;
    const directory = posix.dirname(path);
    directories.set(directory, [...(directories.get(directory) ?? []), posix.basename(path)]);
  }
  const projects: ProjectFiles[] = [];
  const problems: string[] = [];
  for (const [directory, names] of directories) {
    const found = await projectsIn(sessionOn(host, parsed), directory, names);
    projects.push(...found.projects);
    problems.push(...found.problems);
  }
  return { projects, problems };
}

async function projectsIn(session: Session, directory: string, names: readonly string[]): Promise<Discovery> {
  const at = (name: string) => posix.join(directory, name);
  const base = baseNames.find((name) => names.includes(name));
  const override = overrideNames.find((name) => names.includes(name));
  const chosen = await chosenFiles(session, directory);
  const own = base === undefined ? [] : [at(base), ...(override === undefined ? [] : [at(override)])];
  const main = chosen ?? own;
  const projects: ProjectFiles[] = main.length === 0 ? [] : [{ files: main, directory, isBase: true }];
  const first = base === undefined ? main[0] : at(base);
  const known = first === undefined ? new Set<string>() : await servicesIn(session, first, directory);
  // What is wrong with them is told where the project is resolved.
  session.problems.length = 0;
  for (const name of names.toSorted()) {
    if (main.includes(at(name))) continue;
    const documents = await readComposeFile(session, at(name), directory);
    const problems = session.problems.splice(0);
    if (
      documents.length === 0 &&
      problems.length > 0 &&
      !isNamedForCompose(name) &&
      !(await looksLikeCompose(session, at(name)))
    )
      continue;
    if (problems.length > 0) projects.push({ files: [at(name)], directory, isBase: false });
    if (!documents.some((document) => document.entries.has('services') || document.entries.has('include')))
      continue;
    const refines = documents.some((document) => refinesOf(document, known));
    projects.push({
      files: refines && first !== undefined ? [first, at(name)] : [at(name)],
      directory,
      isBase: false,
    });
  }
  return { projects, problems: session.problems };
}

/** A file that is no YAML is none of ours unless a service list seems to be in it. */
async function looksLikeCompose(session: Session, path: string): Promise<boolean> {
  const text = await session.host.read(path);
  return text.state === 'unknown' || /^services:/m.test(text.value ?? '');
}

/** Files that a directory's .env chooses in place of the usual names. */
async function chosenFiles(session: Session, directory: string): Promise<readonly string[] | null> {
  const lookup = lookupIn(await readVariables(session, [posix.join(directory, '.env')], new Map()));
  const chosen = lookup('COMPOSE_FILE');
  if (chosen === null || chosen === '') return null;
  const names = chosen.split(lookup('COMPOSE_PATH_SEPARATOR') ?? ':').filter((name) => name !== '');
  return names.map((name) => posix.resolve('/', directory, name));
}

async function servicesIn(session: Session, path: string, directory: string): Promise<ReadonlySet<string>> {
  const documents = await readComposeFile(session, path, directory);
  const names = documents.flatMap((document) =>
    entriesOf(valueAt(document, 'services')).map(([name]) => name),
  );
  // What it includes are its services, too, under names that only the resolution knows.
  return new Set(documents.some((document) => document.entries.has('include')) ? [...names, '*'] : names);
}

function refinesOf(document: Mapping, known: ReadonlySet<string>): boolean {
  return entriesOf(valueAt(document, 'services')).some(([name, { value }]) => {
    const runsAlone = ['image', 'build', 'extends', 'provider'].some((key) => valueAt(value, key) !== null);
    return !runsAlone && (known.has(name) || known.has('*'));
  });
}
