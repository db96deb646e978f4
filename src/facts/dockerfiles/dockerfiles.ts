import { defineFact } from '../../engine/fact.ts';
import { knownInPart } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';
import { maskedLiteral, maskedWellKnown } from '../../host/mask.ts';
import { projectFilesFact } from '../project-files.ts';
import { buildStages } from './build-stages.ts';
import type { Companion, Dockerfile, Dockerfiles } from './dockerfile.ts';
import type { IgnoreFile } from './ignore-file.ts';
import { parseIgnoreFile } from './ignore-file.ts';
import { readInstructions } from './read-instructions.ts';

/** Every Dockerfile and Containerfile of a project, and what is in the files that matter for them. */
export const dockerfilesFact = defineFact<Dockerfiles>({
  id: 'dockerfiles',
  kinds: ['project'],
  gather: async (host, read) => {
    const project = await read(projectFilesFact);
    if (project.state === 'unknown') return project;
    const { paths, incomplete } = project.value;
    const files = await Promise.all(paths.filter(isDockerfile).map((path) => readDockerfile(host, path)));
    const gaps = incomplete === null ? [] : [incomplete];
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

/** `Dockerfile`, `Containerfile.gpu`, `Dockerfile-cuda`, `app.dockerfile`. */
export function isDockerfile(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (otherKinds.test(name)) return false;
  // In small letters with an ending it is rather a program about Dockerfiles: dockerfile.ts.
  if (/^(?:dockerfile|containerfile)[._-]/.test(name)) return false;
  return /^(?:dockerfile|containerfile)(?:[._-].+)?$|.\.(?:dockerfile|containerfile)$/i.test(name);
}

async function readDockerfile(host: Host, absolute: string): Promise<Dockerfile> {
  const path = absolute.slice(1);
  const text = await host.read(absolute);
  if (text.state === 'unknown') return { state: 'unread', path, line: null, because: text.detail };
  if (text.value === null) return { state: 'unread', path, line: null, because: 'it is gone' };
  return parseDockerfile(path, text.value);
}

/** Reads one file's text. What a build would refuse, or read otherwise, is `unread` with its line. */
export function parseDockerfile(path: string, text: string): Dockerfile {
  const unread = (line: number, because: string): Dockerfile => ({ state: 'unread', path, line, because });
  const nul = text.indexOf('\0');
  if (nul !== -1) return unread(text.slice(0, nul).split('\n').length, 'it is no text');
  if (path.endsWith('.in')) return unread(1, 'it is run through the C preprocessor before it is built');
  const read = readInstructions(text);
  if (read.problem !== null) return unread(read.problem.line, read.problem.because);
  if (read.syntax !== null && !isOwnSyntax(read.syntax)) {
    return unread(1, `${read.syntax} is what reads it, and may take it for something else`);
  }
  const built = buildStages(read);
  if ('because' in built) return unread(built.line, built.because);
  const final = built.stages.at(-1);
  if (final === undefined) return unread(1, 'it has no FROM');
  return { state: 'read', path, lines: text.split(/\r?\n/), ...built, final };
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
