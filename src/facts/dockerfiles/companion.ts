import type { Companion } from './dockerfile.ts';

/**
 * The project's file that a Dockerfile means by a path: beside it, at the root, or the only one of that name. The
 * build's context is not in the file, so that it can only be guessed.
 */
export function companionFor(
  companions: readonly Companion[],
  dockerfile: string,
  path: string,
): Companion | null {
  const wanted = path.replace(/^(?:\.?\/)+/, '');
  const folder = dockerfile.slice(0, dockerfile.lastIndexOf('/') + 1);
  const named = (full: string) => companions.find((each) => each.path === full);
  const exact = named(folder + wanted) ?? named(wanted);
  if (exact !== undefined) return exact;
  const name = wanted.slice(wanted.lastIndexOf('/') + 1);
  const alike = companions.filter((each) => each.path === name || each.path.endsWith(`/${name}`));
  return alike.length === 1 ? (alike[0] ?? null) : null;
}
