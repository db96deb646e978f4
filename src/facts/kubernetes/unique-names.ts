import type { Place } from '../workloads/setting.ts';

/** What tells things of one name apart. */
export interface Named {
  readonly name: string;
  readonly kind: string;
  readonly namespace: string | null;
  readonly place: Place;
}

/** Shortest first. */
const forms: readonly ((named: Named) => string)[] = [
  ({ name }) => name,
  ({ name, namespace }) => (namespace === null ? name : `${namespace}/${name}`),
  ({ name, kind }) => `${kind} ${name}`,
  ({ name, place }) => `${place.file}: ${name}`,
  ({ name, kind, place }) => `${place.file}: ${kind} ${name}`,
  ({ name, kind, place }) => `${place.file}:${String(place.line)}: ${kind} ${name}`,
];

/** A name for each that no other has, in their order. */
export function uniqueNames(all: readonly Named[]): readonly string[] {
  const names = all.map(({ name }) => name);
  for (const form of forms) {
    const taken = countsOf(names);
    const doubtful = all.map((_, index) => (taken.get(names[index] ?? '') ?? 0) > 1);
    const candidates = countsOf(all.map(form));
    for (const [index, named] of all.entries()) {
      const candidate = form(named);
      const isFree = candidates.get(candidate) === 1 && !names.includes(candidate);
      if (doubtful[index] === true && isFree) names[index] = candidate;
    }
  }
  // The same line of the same file twice: an alias.
  const seen = new Map<string, number>();
  return names.map((name) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name} (${String(count)})`;
  });
}

function countsOf(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
