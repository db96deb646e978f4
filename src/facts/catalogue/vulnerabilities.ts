import { cves } from './cves.ts';
import type { Product, Vulnerability } from './cves.ts';
import type { ProductVersion } from './product-version.ts';
import { boundary, isAffected } from './product-version.ts';

/** What the list says of one version of a product. */
export interface Holes {
  /** It has these, by sources that are to be trusted. */
  readonly open: readonly Vulnerability[];
  /** It may have these: the version is not written out, the source is memory, or a condition is not seen. */
  readonly possible: readonly Vulnerability[];
}

export function holesOf(
  version: ProductVersion,
  { vulnerabilities }: Pick<Product, 'vulnerabilities'>,
): Holes {
  const open: Vulnerability[] = [];
  const possible: Vulnerability[] = [];
  for (const vulnerability of vulnerabilities) {
    const affected = isAffected(version, vulnerability.affected);
    if (affected === false) continue;
    const isSure =
      affected === true && vulnerability.confidence !== 'memory' && vulnerability.onlyWhen === undefined;
    (isSure ? open : possible).push(vulnerability);
  }
  return { open, possible };
}

/** `CVE-1, CVE-2`, each once. */
export function idsOf(vulnerabilities: readonly Vulnerability[]): string {
  return [...new Set(vulnerabilities.map(({ id }) => id))].join(', ');
}

/**
 * The oldest version that has none of these, as far as the list knows: of all ends of their ranges the lowest
 * behind the version that is in none of them; `null` where there is none.
 */
export function fixedVersion(version: ProductVersion, open: readonly Vulnerability[]): string | null {
  const ends = open.flatMap(({ affected }) => affected.flatMap(({ below }) => below ?? []));
  const fixed = ends.filter((end) => {
    const parsed = boundary(end);
    const isNewer = isAffected(version, [{ below: end }]) === true;
    return parsed !== null && isNewer && open.every(({ affected }) => isAffected(parsed, affected) === false);
  });
  const [first, ...rest] = fixed;
  return first === undefined
    ? null
    : rest.reduce((lowest, end) => (isBelow(end, lowest) ? end : lowest), first);
}

/**
 * Where they are fixed, to be read after "fixed": `in 1.2.8`, `in a version after 28.5.2`; `null` where a range
 * has no end.
 */
export function fixedWords(version: ProductVersion, open: readonly Vulnerability[]): string | null {
  const fixed = fixedVersion(version, open);
  if (fixed !== null) return `in ${fixed}`;
  const last = open.map(({ affected }) => {
    const range = affected.find((each) => isAffected(version, [each]) !== false);
    return range?.upTo ?? range?.below;
  });
  const ends = last.flatMap((end) => end ?? []);
  const [first, ...rest] = ends;
  if (first === undefined || ends.length < last.length) return null;
  return `in a version after ${rest.reduce((highest, end) => (isBelow(highest, end) ? end : highest), first)}`;
}

function isBelow(version: string, limit: string): boolean {
  const parsed = boundary(version);
  return parsed !== null && isAffected(parsed, [{ below: limit }]) === true;
}

/** Date of the list, for words: what was found later is not in it. */
export function listDate(): string {
  return cves().dated;
}
