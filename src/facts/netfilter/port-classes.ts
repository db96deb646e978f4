import type { FilterRule, Match, PortRange } from './ruleset.ts';

/** Which ports are the same to all rules. */
export interface PortClasses {
  /** Ports of one class are the same to every rule. */
  readonly classOf: (port: number) => number;
  /** The first port of each stretch that no rule's condition tells apart. */
  readonly firsts: readonly number[];
}

/** Ports of one class lie between the same ports that any rule names. */
export function portClassesOf(rules: readonly FilterRule[], matches: readonly Match[]): PortClasses {
  const targets = rules.flatMap(({ target }) => {
    if (target.kind === 'redirect') return target.ports;
    return target.kind === 'dnat' ? target.to.map(({ port }) => port) : [];
  });
  const ranges = matches.flatMap((match) =>
    match.on === 'destination-port' || match.on === 'original-port' ? match.ports : [],
  );
  const single = targets.flatMap((port): readonly PortRange[] => (port === null ? [] : [[port, port]]));
  const bounds = [...ranges, ...single].flatMap(([first, last]) => [first, last + 1]);
  const sorted = Int32Array.from(new Set(bounds)).toSorted();
  const firsts = [1, ...Array.from(sorted).filter((port) => port > 1 && port <= 65_535)];
  // Which port one is shifted to depends on each single one.
  const shifts = rules.some(
    ({ target }) => target.kind === 'dnat' && target.to.some((to) => to.shifted !== undefined),
  );
  return { classOf: shifts ? (port) => port : (port) => placeIn(sorted, port), firsts };
}

/** How many of the sorted numbers are not above a port. */
function placeIn(sorted: Int32Array, port: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) <= port) low = middle + 1;
    else high = middle;
  }
  return low;
}
