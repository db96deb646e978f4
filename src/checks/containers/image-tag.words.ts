/** Words for another tag of the same image. */
import type { ImageReference } from '../../facts/workloads/workload.ts';

/** The image with a tag for another version, spelled as its tag is now: with `v`, as `server-b5662`. */
export function retagged({ repository, tag }: ImageReference, version: string): string {
  const build = /^(.*-)?b\d+$/.exec(tag ?? '');
  if (build !== null) return `${repository}:${build[1] ?? ''}${version}`;
  const prefix = /^v\d/i.test(tag ?? '') ? 'v' : '';
  return `${repository}:${prefix}${version.replaceAll('+', '-')}`;
}
