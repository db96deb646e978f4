import { cves } from './cves.ts';
import type { Product, Vulnerability } from './cves.ts';
import type { ProductVersion } from './product-version.ts';
import { isAffected, parseProductVersion } from './product-version.ts';

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
 * The oldest version that has none of these, as far as the list knows: the highest end of the ranges that the
 * version is in; `null` where that is still in a range without an end.
 */
export function fixedVersion(version: ProductVersion, open: readonly Vulnerability[]): string | null {
  const ends = open.flatMap(({ affected }) =>
    affected.flatMap((range) => (isAffected(version, [range]) === false ? [] : (range.below ?? []))),
  );
  const [first, ...rest] = ends;
  if (first === undefined) return null;
  const highest = rest.reduce((end, each) => (isBelow(end, each) ? each : end), first);
  const parsed = parseProductVersion(highest);
  const isFixed = parsed !== null && open.every(({ affected }) => isAffected(parsed, affected) === false);
  return isFixed ? highest : null;
}

function isBelow(version: string, limit: string): boolean {
  const parsed = parseProductVersion(version);
  return parsed !== null && isAffected(parsed, [{ below: limit }]) === true;
}

/** Date of the list, for words: what was found later is not in it. */
export function listDate(): string {
  return cves().dated;
}
