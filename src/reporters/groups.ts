import type { Finding } from '../engine/report.ts';

export type Group<T> = readonly [T, ...T[]];

/** Items by key, in the order in which the keys first appear. */
export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, Group<T>> {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

/** Findings as a reader meets them. A waived one is neither open nor unclear. */
export interface Sorted {
  readonly failed: readonly Finding[];
  /** What could not be told: undetermined, and rules of aisec that broke. */
  readonly unclear: readonly Finding[];
  /** Questions that only a person can answer. */
  readonly manual: readonly Finding[];
  readonly waived: readonly Finding[];
  readonly passed: readonly Finding[];
  readonly notApplicable: readonly Finding[];
}

export function sorted(findings: readonly Finding[]): Sorted {
  const open = findings.filter((each) => each.waived === null);
  const of = (...outcomes: Finding['outcome'][]) => open.filter((each) => outcomes.includes(each.outcome));
  return {
    failed: of('fail'),
    unclear: of('undetermined', 'error'),
    manual: of('manual'),
    waived: findings.filter((each) => each.waived !== null),
    passed: of('pass'),
    notApplicable: of('not-applicable'),
  };
}
