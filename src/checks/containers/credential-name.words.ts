/** Which names of files are those of credentials. */
import { cleanPath, withParents } from '../../facts/dockerfiles/ignore-file.ts';

export type Patterns = Readonly<Record<'secret' | 'folder' | 'doubtful' | 'harmless' | 'variables', RegExp>>;

type NameKind = 'secret' | 'folder' | 'doubtful' | 'harmless';

/** By its own name, or with that of its directory: `.docker/config.json`. */
export function ownKind(path: string, names: Patterns): NameKind | null {
  const [name = '', parent] = cleanPath(path).split('/').reverse();
  const either = parent === undefined ? [name] : [name, `${parent}/${name}`];
  if (names.harmless.test(name)) return 'harmless';
  for (const kind of ['secret', 'folder', 'doubtful'] as const) {
    if (either.some((each) => names[kind].test(each))) return kind;
  }
  return null;
}

/** Whether a file's name, or that of a directory that it is in, is a credential's. */
export function isCandidate(path: string, names: Patterns): boolean {
  const kinds = withParents(path).map((each) => ownKind(each, names));
  return kinds[0] !== 'harmless' && (kinds[0] !== null || kinds.includes('folder'));
}

/** A name that a wildcard leaves open is a credential's, filled in as it mostly is; `null` where it is not. */
export function likelyName(source: string, names: Patterns): string | null {
  const filled = ['', 'x', 'rsa'].map((fill) => cleanPath(source.replaceAll(/\*+|\?|\[[^\]]*\]/g, fill)));
  const kinds = filled.map((path) => ownKind(path, names));
  if (kinds.includes('harmless')) return null;
  return filled[kinds.findIndex((kind) => kind !== null)] ?? null;
}

/** One of some whole names, in any case. */
export function anyOf(patterns: readonly string[]): RegExp {
  return new RegExp(`^(?:${patterns.join('|')})$`, 'i');
}
