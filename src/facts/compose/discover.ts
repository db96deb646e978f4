import { posix } from 'node:path';
import type { Host } from '../../host/host.ts';
import { composeAmong, hasWhole, isWhole, isYaml } from './recognise.ts';
import { lookupIn, pathFrom, readComposeFile, readVariables, sessionOn } from './session.ts';
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

/** In more directories than this, nobody is asked for links: it is one question for each name. */
const mostLinkedDirectories = 2000;

const isComposeName = (name: string) => /compose/i.test(name) && isYaml(name);
export const isNamedForCompose = (name: string) =>
  /^(?:docker-)?compose[.-].*\.ya?ml$/i.test(name) || baseNames.includes(name);

/**
 * The projects in a repository, by its file names and by what stands in the files:
 *
 * - in every directory, what `docker compose up` takes by itself: the first of the four names with the first
 *   override file, or the files that COMPOSE_FILE names in .env;
 * - every other compose file is for `-f`: where a service of it cannot run alone (no image, no build, nothing that it
 *   extends), over the first one, or else over another file that has this service; all others by themselves. By another
 *   name (`docker-stack.yml`, `prod.yml`) it is one where its services are, and where one runs alone or refines another.
 */
export async function discoverProjects(
  host: Host,
  paths: readonly string[],
  parsed: Session['parsed'],
): Promise<Discovery> {
  const otherwise = paths.filter((path) => isYaml(path) && !isComposeName(posix.basename(path)));
  const recognised = await composeAmong(sessionOn(host, parsed), otherwise);
  const directories = new Map<string, string[]>([['/', []]]);
  const ours = new Set(recognised.found);
  for (const path of paths) {
    const [directory, name] = [posix.dirname(path), posix.basename(path)];
    const names = directories.get(directory) ?? [];
    directories.set(directory, names);
    if (isComposeName(name) || ours.has(path)) names.push(name);
  }
  const withEnvironment = new Set(
    paths.filter((path) => posix.basename(path) === '.env').map((path) => posix.dirname(path)),
  );
  const linked = [...directories].slice(0, mostLinkedDirectories);
  await Promise.all(
    linked.map(async ([directory, names]) => names.push(...(await linksIn(host, directory)))),
  );
  const projects: ProjectFiles[] = [];
  const problems = [...recognised.problems];
  for (const [directory, names] of directories) {
    if (names.length === 0 && !withEnvironment.has(directory)) continue;
    const found = await projectsIn(sessionOn(host, parsed), directory, names);
    projects.push(...found.projects);
    problems.push(...found.problems);
  }
  return { projects, problems };
}

/** Compose follows a link by one of its own names; a project's list of files leaves links out. */
async function linksIn(host: Host, directory: string): Promise<readonly string[]> {
  const links = await Promise.all(
    [...baseNames, ...overrideNames].map(async (name) => {
      const link = await host.readlink(posix.join(directory, name));
      return link.state === 'known' && link.value === null ? [] : [name];
    }),
  );
  return links.flat();
}

async function projectsIn(session: Session, directory: string, names: readonly string[]): Promise<Discovery> {
  const at = (name: string) => posix.join(directory, name);
  const base = baseNames.find((name) => names.includes(name));
  const override = overrideNames.find((name) => names.includes(name));
  const chosen = await chosenFiles(session, directory);
  const own = base === undefined ? [] : [at(base), ...(override === undefined ? [] : [at(override)])];
  const main = chosen ?? own;
  // What is wrong with .env is told where the project is resolved.
  session.problems.length = 0;
  const first = base === undefined ? main[0] : at(base);
  const files = new Map<string, readonly Mapping[]>();
  const projects: ProjectFiles[] = main.length === 0 ? [] : [{ files: main, directory, isBase: true }];
  for (const path of [...(first === undefined ? [] : [first]), ...names.toSorted().map(at)]) {
    const documents = await readComposeFile(session, path, directory);
    const isBroken = session.problems.splice(0).length > 0;
    files.set(path, documents);
    if (main.includes(path) || !isBroken) continue;
    const isOurs = isNamedForCompose(posix.basename(path)) || (await looksLikeCompose(session, path));
    if (isOurs) projects.push({ files: [path], directory, isBase: false });
  }
  for (const [path, documents] of files) {
    if (main.includes(path)) continue;
    if (!documents.some(({ entries }) => entries.has('services') || entries.has('include'))) continue;
    const under = refinedBy(documents, first, files, path);
    const isNamed = isComposeName(posix.basename(path));
    if (!isNamed && under.length === 0 && !hasWhole(documents)) continue;
    projects.push({ files: [...under, path], directory, isBase: false });
  }
  return { projects, problems: [] };
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

/** The file whose services one refines: those that cannot run by what stands in it. The directory's first one, if it can be. */
function refinedBy(
  documents: readonly Mapping[],
  first: string | undefined,
  files: ReadonlyMap<string, readonly Mapping[]>,
  path: string,
): readonly string[] {
  const wanted = servicesOf(documents, false);
  if (wanted.length === 0) return [];
  const others = [...files.keys()].filter((other) => other !== path && other !== first);
  const found = [...(first === undefined ? [] : [first]), ...others].find((other) => {
    const has = files.get(other) ?? [];
    // It takes what it wants of this one already, and nobody puts a template over what is made from it.
    if (extendsFrom(has, path)) return false;
    const names =
      other === first ? [...servicesOf(has, true), ...servicesOf(has, false)] : servicesOf(has, true);
    // What a file includes has names that only the resolution knows.
    const isOpen = other === first && has.some(({ entries }) => entries.has('include'));
    return isOpen || wanted.some((name) => names.includes(name));
  });
  return found === undefined ? [] : [found];
}

function extendsFrom(documents: readonly Mapping[], path: string): boolean {
  return documents.some((document) =>
    entriesOf(valueAt(document, 'services')).some(([, { value }]) => {
      const file = valueAt(value, 'extends', 'file');
      return file?.kind === 'scalar' && file.text !== null && pathFrom(file.directory, file.text) === path;
    }),
  );
}

/** Services that have all they need to run, or those that have not. */
function servicesOf(documents: readonly Mapping[], areWhole: boolean): readonly string[] {
  return documents.flatMap((document) =>
    entriesOf(valueAt(document, 'services')).flatMap(([name, { value }]) => {
      return isWhole(value) === areWhole ? [name] : [];
    }),
  );
}
