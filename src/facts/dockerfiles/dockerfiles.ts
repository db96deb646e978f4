import { defineFact } from '../../engine/fact.ts';
import { gapsOf, knownInPart } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';
import { maskedLiteral, maskedWellKnown } from '../../host/mask.ts';
import type { NamedBuild } from '../compose/builds.ts';
import { composeProjectsFact } from '../compose/projects.ts';
import { projectFilesFact } from '../project-files.ts';
import { buildStages } from './build-stages.ts';
import type { Companion, Dockerfile, Dockerfiles } from './dockerfile.ts';
import type { IgnoreFile } from './ignore-file.ts';
import { parseIgnoreFile } from './ignore-file.ts';
import { filesOfBuilds, filesOfQuadlets } from './named.ts';
import type { Embedding } from './placed.ts';
import { placed, placedLines } from './placed.ts';
import { readInstructions } from './read-instructions.ts';

/** Every Dockerfile and Containerfile of a project, and what is in the files that matter for them. */
export const dockerfilesFact = defineFact<Dockerfiles>({
  id: 'dockerfiles',
  kinds: ['project'],
  gather: async (host, read) => {
    const project = await read(projectFilesFact);
    if (project.state === 'unknown') return project;
    const { paths, incomplete } = project.value;
    const compose = await read(composeProjectsFact);
    const builds = compose.state === 'known' ? compose.value.flatMap((each) => each.builds) : [];
    const quadlets = await filesOfQuadlets(host, paths);
    const byName = paths.filter(isDockerfile);
    const named = [...filesOfBuilds(builds), ...quadlets.files].filter(({ path }) => !byName.includes(path));
    const files = await Promise.all([
      ...byName.map((path) => readDockerfile(host, path, null)),
      ...named.map(({ path, by }) => readDockerfile(host, path, by)),
    ]);
    files.push(...builds.flatMap(withoutFile));
    const unseen = compose.state === 'unknown' ? gapsOf(compose) : [];
    const gaps = [...(incomplete === null ? [] : [incomplete]), ...unseen, ...quadlets.gaps];
    const wanted = files.length === 0 ? [] : paths.filter((path) => companionName.test(path));
    if (wanted.length > mostCompanions)
      gaps.push(`only the first ${String(mostCompanions)} files that a Dockerfile may copy were read`);
    const value = {
      files,
      companions: await readCompanions(host, wanted.slice(0, mostCompanions)),
      paths: files.length === 0 ? [] : paths.map((path) => path.slice(1)),
      ignoreFiles: await readIgnoreFiles(host, files.length === 0 ? [] : paths),
    };
    return knownInPart(value, '/', gaps);
  },
});

const otherKinds = /\.(?:dockerignore|containerignore|md|rst|html?|json|ya?ml|license)$/i;

/** Endings in small letters of what is rather a program or a text about Dockerfiles: dockerfile.ts. */
const programs = new Set(
  `adoc bat c cc cfg cjs cpp cs css csv cts dart ex exs fish go gz h hcl hs ini ipynb java js json5 jsonc jsx kt less
  lock lua m mjs mts nix patch php pl png ps1 py rb rs scala scss sh snap sql sum svelte svg swift tar tf toml ts tsx txt
  vim vue xml zig zip`.split(/\s+/),
);

/** `Dockerfile`, `Containerfile.gpu`, `Dockerfile-cuda`, `dockerfile.prod`, `app.dockerfile`. */
export function isDockerfile(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (otherKinds.test(name)) return false;
  const [, ending = ''] = /^(?:dockerfile|containerfile)[._-](?:.*\.)?([^.]+)$/.exec(name) ?? [];
  if (programs.has(ending)) return false;
  return /^(?:dockerfile|containerfile)(?:[._-].+)?$|.\.(?:dockerfile|containerfile)$/i.test(name);
}

/** @param by - what names it, where its own name does not tell */
async function readDockerfile(host: Host, absolute: string, by: string | null): Promise<Dockerfile> {
  const path = absolute.slice(1);
  const text = await host.read(absolute);
  const unread = (because: string): Dockerfile => ({
    state: 'unread',
    name: path,
    path,
    line: null,
    because,
  });
  if (text.state === 'unknown') return unread(text.detail);
  if (text.value === null)
    return unread(by === null ? 'it is gone' : `${by} builds from it, and it is not there`);
  return parseDockerfile(path, text.value);
}

/**
 * Reads one file's text. What a build would refuse, or read otherwise, is `unread` with its line.
 *
 * @param inside - of a text that is part of the file at `path`
 */
export function parseDockerfile(path: string, text: string, inside?: Embedding): Dockerfile {
  const name = inside?.name ?? path;
  const place = inside?.place ?? ((position) => position);
  const unread = (at: number, because: string): Dockerfile => {
    const { line } = place({ line: at, column: 1 });
    return { state: 'unread', name, path, line, because };
  };
  const nul = text.indexOf('\0');
  if (nul !== -1) return unread(text.slice(0, nul).split('\n').length, 'it is no text');
  if (path.endsWith('.in')) return unread(1, 'it is run through the C preprocessor before it is built');
  const read = readInstructions(text);
  if (read.problem !== null) return unread(read.problem.line, read.problem.because);
  if (read.syntax !== null && !isOwnSyntax(read.syntax)) {
    return unread(1, `${read.syntax} is what reads it, and may take it for something else`);
  }
  const built = buildStages(placed(read, place));
  if ('because' in built) return { state: 'unread', name, path, line: built.line, because: built.because };
  const final = built.stages.at(-1);
  if (final === undefined) return unread(1, 'it has no FROM');
  const lines = placedLines(text.split(/\r?\n/), place);
  return { state: 'read', name, path, lines, ...built, final };
}

/** A service's Dockerfile that is no file: its text stands in the Compose file, or a variable says which it is. */
function withoutFile({ dockerfile, service, place }: NamedBuild): readonly Dockerfile[] {
  if (dockerfile.kind === 'inline') {
    const { text, indent } = dockerfile;
    const name = `${place.file} (service ${service})`;
    // Only a literal block keeps its lines: any other text stands where it begins.
    const inFile: Embedding['place'] = ({ line, column }) =>
      indent === null ? place : { line: place.line + line, column: column + indent };
    return [parseDockerfile(place.file, text, { name, place: inFile })];
  }
  // What has a usual name is read whichever of them it is.
  if (dockerfile.kind === 'file' || isDockerfile(dockerfile.shown)) return [];
  const because = `which file service ${service} is built from depends on variables that nothing in the project sets (${dockerfile.shown})`;
  const name = `${place.file} (service ${service})`;
  return [{ state: 'unread', name, path: place.file, line: place.line, because }];
}

/** Docker's own frontend, also from a mirror, whatever its version. */
function isOwnSyntax(syntax: string): boolean {
  return /(?:^|\/)docker\/dockerfile(?:-upstream)?(?:[:@].*)?$/.test(syntax);
}

const mostCompanions = 500;
/** Files whose text tells whether a credential is in them. */
const companionName = new RegExp(
  [
    String.raw`(?:^|/)(?:[^/]*require[^/]*\.(?:txt|in|lock)|requirements/[^/]+\.txt|\.env(?:\.[^/]*)?|[^/]+\.env`,
    String.raw`\.(?:npmrc|pypirc|netrc|yarnrc|git-credentials|dockercfg)|[^/]+\.(?:pem|key)|credentials(?:\.\w+)?`,
    String.raw`id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?|\.docker/config\.json|\.(?:ssh|aws)/[^/]+`,
    String.raw`application_default_credentials\.json)$`,
  ].join('|'),
);
/** What the mask does not know by its look: .netrc, and a key of GnuPG (agent/keyformat.txt). */
const secretText = /\bpassword\s+\S|^Key: \(|\((?:protected-)?private-key/m;

async function readCompanions(host: Host, wanted: readonly string[]): Promise<Companion[]> {
  return Promise.all(
    wanted.map(async (absolute) => {
      const path = absolute.slice(1);
      const text = await host.read(absolute);
      // Bytes that are no text may be a key.
      if (text.state === 'unknown' || text.value === null || /[\0\uFFFD]/.test(text.value))
        return { path, holds: null };
      const isOwn =
        text.value.includes(maskedLiteral) || (/\.(?:netrc|key)$/.test(path) && secretText.test(text.value));
      const secret = isOwn || text.value.includes(maskedWellKnown);
      const hashes = /(?:^|\s)--hash[= ]/.test(text.value);
      return { path, holds: { secret, isWellKnown: secret && !isOwn, hashes } };
    }),
  );
}

/** One that cannot be read leaves nothing out: what it would is still found. */
async function readIgnoreFiles(host: Host, paths: readonly string[]): Promise<Map<string, IgnoreFile>> {
  const wanted = paths.filter((path) => /\.(?:docker|container)ignore$/.test(path)).slice(0, mostCompanions);
  const read = await Promise.all(
    wanted.map(async (path): Promise<[string, IgnoreFile]> => {
      const text = await host.read(path);
      return [path.slice(1), parseIgnoreFile(text.state === 'known' ? (text.value ?? '') : '')];
    }),
  );
  return new Map(read);
}
