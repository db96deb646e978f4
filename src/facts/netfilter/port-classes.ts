import type { FilterRule, Match, PortRange } from './ruleset.ts';

/** Where ports begin that some rule tells from those below, sorted. */
export type PortBounds = Int32Array;

/** By the ports that rules ask for, or send packets on to. */
export function portBoundsOf(rules: readonly FilterRule[], matches: readonly Match[]): PortBounds {
  const targets = rules.flatMap(({ target }) => {
    if (target.kind === 'redirect') return target.ports;
    return target.kind === 'dnat' ? target.to.map(({ port }) => port) : [];
  });
  const ranges = matches.flatMap((match) =>
    match.on === 'destination-port' || match.on === 'original-port' ? match.ports : [],
  );
  const single = targets.flatMap((port): readonly PortRange[] => (port === null ? [] : [[port, port]]));
  const bounds = [...ranges, ...single].flatMap(([first, last]) => [first, last + 1]);
  return Int32Array.from(new Set(bounds)).toSorted();
}

/** How many of the bounds are not above a port: the same for ports that nothing tells apart. */
export function placeIn(bounds: PortBounds, port: number): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((bounds[middle] ?? 0) <= port) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Of every stretch of a range that none of the bounds tells apart, its first port. */
export function firstsIn(all: readonly PortBounds[], [first, last]: PortRange): readonly number[] {
  const from = Math.max(first, 1);
  const to = Math.min(last, 65_535);
  if (from > to) return [];
  const within = all.flatMap((bounds) =>
    Array.from(bounds.subarray(placeIn(bounds, from), placeIn(bounds, to))),
  );
  return [...new Set([from, ...within])].toSorted((a, b) => a - b);
}

export const everyPort: PortRange = [0, 65_535];

/** The ports between which conditions of one kind can hold at all. */
export function portsBetween(matches: readonly Match[], on: 'destination-port' | 'original-port'): PortRange {
  return matches.reduce<PortRange>(([first, last], match) => {
    if (match.on !== on || match.negated) return [first, last];
    const from = Math.min(...match.ports.map(([one]) => one));
    const to = Math.max(...match.ports.map(([, one]) => one));
    return [Math.max(first, from), Math.min(last, to)];
  }, everyPort);
}
