import { posix } from 'node:path';
import type { Host } from '../../host/host.ts';
import type { Variables } from './dotenv.ts';
import { parseDotenv } from './dotenv.ts';
import type { Lookup } from './interpolate.ts';
import type { ParsedFile } from './parse.ts';
import { parseComposeFile } from './parse.ts';

/** More files than this in one project are a loop that nobody wrote on purpose. */
const mostLoads = 300;

/** A service, by the file that it stands in (relative to the root of a repository, absolute on a machine). */
export interface ServiceName {
  readonly file: string;
  readonly service: string;
}

/** What the resolution of one project has read and found wrong. */
export interface Session {
  readonly host: Host;
  /** What to call a path: relative to the root of a repository, absolute on a machine. */
  readonly nameOf: (path: string) => string;
  /** By path and directory; shared by the projects of a repository. */
  readonly parsed: Map<string, Promise<ParsedFile>>;
  /** Sentences for what was not read, or what Compose refuses. */
  readonly problems: string[];
  /** Paths of files that are a part of the project because one of its files includes them. */
  readonly included: Set<string>;
  /** Services that another file extends. */
  readonly extended: ServiceName[];
  loads: number;
}

export function sessionOn(host: Host, parsed: Session['parsed']): Session {
  const nameOf = (path: string) => (host.origin.kind === 'project' ? path.replace(/^\/+/, '') : path);
  return { host, nameOf, parsed, problems: [], included: new Set(), extended: [], loads: 0 };
}

/** A file's documents; none where it could not be read, which is told. */
export async function readComposeFile(session: Session, path: string, directory: string) {
  session.loads += 1;
  if (session.loads > mostLoads) {
    session.problems.push(`${session.nameOf(path)}: more than ${String(mostLoads)} files name one another`);
    return [];
  }
  const key = `${path}\0${directory}`;
  const reading = session.parsed.get(key) ?? parsedFile(session, path, directory);
  session.parsed.set(key, reading);
  const { documents, problem } = await reading;
  if (problem !== null) session.problems.push(problem);
  return documents ?? [];
}

async function parsedFile(session: Session, path: string, directory: string): Promise<ParsedFile> {
  const text = await session.host.read(path);
  const name = session.nameOf(path);
  if (text.state === 'unknown') return { documents: null, problem: text.detail };
  if (text.value === null) return { documents: null, problem: `${name} is named, and is not there` };
  return parseComposeFile(text.value, name, directory);
}

/** Whether a path leads to a remote file: git, OCI, HTTP. */
export function isRemote(path: string): boolean {
  return /^(?:[a-z][a-z0-9+.-]*:\/\/|git@|github\.com\/|oci:)/i.test(path);
}

/** Where a path of a compose file leads. `~` is somebody's home, which a file does not tell: it stays. */
export function pathFrom(directory: string, path: string): string {
  return posix.resolve('/', directory, path);
}

/**
 * The variables of a project's .env files, each over the ones before it; `base` comes before them all.
 * A file that is not there has none.
 */
export async function readVariables(
  session: Session,
  paths: readonly string[],
  base: Variables,
): Promise<Variables> {
  const all = new Map<string, Variables extends ReadonlyMap<string, infer V> ? V : never>();
  for (const path of paths) {
    const text = await session.host.read(path);
    if (text.state === 'unknown') session.problems.push(text.detail);
    if (text.state === 'unknown' || text.value === null) continue;
    const { variables, problem } = parseDotenv(
      text.value,
      (name) => lookupIn(base)(name) ?? lookupIn(all)(name),
    );
    if (problem !== null)
      session.problems.push(`${session.nameOf(path)}: ${problem}: Compose refuses the file`);
    for (const [name, variable] of variables) all.set(name, variable);
  }
  return new Map([...all, ...base]);
}

/** A variable that itself depends on one that nothing sets counts as not set. */
export function lookupIn(variables: Variables): Lookup {
  return (name) => {
    const variable = variables.get(name);
    return variable === undefined || variable.unset.length > 0 ? null : variable.value;
  };
}
