import { posix } from 'node:path';
import { remembered } from '../remember.ts';
import type { Dockerfiles, ReadDockerfile } from './dockerfile.ts';
import { cleanPath, ignores, withParents } from './ignore-file.ts';
import { hasWildcard, matchesPath, parsePattern } from './path-pattern.ts';

/** A file of the project that a COPY takes without naming it: by a wildcard, or with its directory. */
export interface CopiedFile {
  /** Relative to the project. */
  readonly path: string;
  /** Whether every context that the build may have gives it. */
  readonly isCertain: boolean;
  /** Whether it is in a directory inside of what is copied. */
  readonly isDeep: boolean;
}

/** Every directory a project has, and its files. */
const placesOf = remembered(
  ({ paths }: Dockerfiles): ReadonlySet<string> => new Set(['', ...paths.flatMap(withParents)]),
);

/**
 * The directories that may be the context of a file's build: its own, or the project's root. Neither is written in it,
 * but one that lacks a path that an instruction names would make the build fail.
 *
 * @returns relative to the project, with a slash at the end; the root is empty
 */
export function contextsOf(dockerfiles: Dockerfiles, file: ReadDockerfile): readonly string[] {
  const own = file.path.slice(0, file.path.lastIndexOf('/') + 1);
  const all = [...new Set([own, ''])];
  const places = placesOf(dockerfiles);
  const named = file.stages.flatMap(({ steps }) =>
    steps.flatMap((step) =>
      (step.kind === 'copy' || step.kind === 'add') && step.from === null
        ? step.sources.filter(({ path }) => path.missing.length === 0 && isLiteral(path.text))
        : [],
    ),
  );
  const whole = all.filter((context) =>
    named.every(({ path }) => places.has(cleanPath(context + cleanPath(path.text)))),
  );
  return whole.length === 0 ? all : whole;
}

function isLiteral(path: string): boolean {
  return !hasWildcard(path) && !isRemote(path);
}

/** ADD takes addresses, too. */
export function isRemote(path: string): boolean {
  return /^(?:[a-z][\w+.-]*:\/\/|git@)/i.test(path);
}

/**
 * Which of some files a source of COPY takes (Dockerfile reference, COPY: a source is a pattern of Go's filepath.Match,
 * and a directory is copied whole), less what a .dockerignore or `--exclude` leaves out.
 *
 * @param excludes - values of `--exclude`
 */
export function copiedFiles(
  dockerfiles: Dockerfiles,
  file: ReadDockerfile,
  contexts: readonly string[],
  source: string,
  excludes: readonly string[],
  among: readonly string[],
): readonly CopiedFile[] {
  const cleaned = cleanPath(source);
  // `*` and `a/*` take what their directory holds.
  const held = /^(?:(.*)\/)?\*+$/s.exec(cleaned);
  const from = held === null ? cleaned : (held[1] ?? '');
  const pattern = parsePattern(from.replaceAll(/\*\*+/g, '*'));
  const left = excludes.map((text) => ({ pattern: parsePattern(cleanPath(text)), isException: false }));
  return among.flatMap((path) => {
    const seen = contexts.map((context) => {
      if (!path.startsWith(context)) return null;
      const inside = path.slice(context.length);
      const top = from === '' ? '' : withParents(inside).find((each) => matchesPath(pattern, each));
      if (top === undefined) return null;
      const rest = inside.slice(top === '' ? 0 : top.length + 1);
      const isLeft = ignores(left, rest === '' ? posix.basename(inside) : rest);
      return isLeft || isIgnored(dockerfiles, file, context, inside) ? null : { isDeep: rest.includes('/') };
    });
    const taken = seen.filter((each) => each !== null);
    if (taken.length === 0) return [];
    return [{ path, isCertain: taken.length === seen.length, isDeep: taken.every(({ isDeep }) => isDeep) }];
  });
}

/** A Dockerfile's own ignore file comes before its context's (Docker, build/concepts/context); Podman's has a name of its own. */
function isIgnored(
  { ignoreFiles }: Dockerfiles,
  { path }: ReadDockerfile,
  context: string,
  inside: string,
): boolean {
  const names = [`${path}.dockerignore`, `${context}.dockerignore`, `${context}.containerignore`];
  const name = names.find((each) => ignoreFiles.has(each));
  return name !== undefined && ignores(ignoreFiles.get(name) ?? [], inside);
}
