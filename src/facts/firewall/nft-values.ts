import * as z from 'zod';

/** Named sets and maps of nft(8) by `family table name`, with their elements at the time of the audit. */
export type NamedSets = ReadonlyMap<string, readonly unknown[]>;

export const setKey = (family: string, table: string, name: string) => `${family} ${table} ${name}`;

/** How a rule finds its table's sets. */
export interface Scope {
  readonly sets: NamedSets;
  readonly family: string;
  readonly table: string;
}

const Elem = z.object({ elem: z.object({ val: z.unknown() }) });
const AnonymousSet = z.object({ set: z.array(z.unknown()) });
export const Prefix = z.object({ prefix: z.object({ addr: z.string(), len: z.int() }) });
export const Range = z.object({ range: z.tuple([z.unknown(), z.unknown()]) });

/**
 * What the right side of a match stands for: the value, a list of flags, or a set's elements.
 *
 * @returns `null` for a set that is not there
 */
export function valuesOf(right: unknown, scope: Scope): readonly unknown[] | null {
  if (Array.isArray(right)) return right as readonly unknown[];
  if (typeof right === 'string' && right.startsWith('@')) {
    return scope.sets.get(setKey(scope.family, scope.table, right.slice(1)))?.map(plain) ?? null;
  }
  const set = AnonymousSet.safeParse(right);
  return set.success ? set.data.set.map(plain) : [right];
}

/** An element without its timeout and counters. */
function plain(value: unknown): unknown {
  const element = Elem.safeParse(value);
  return element.success ? element.data.elem.val : value;
}

/** Values as words; `null` when one is something else. */
export function wordsOf(values: readonly unknown[]): readonly string[] | null {
  const words = values.flatMap((value) =>
    typeof value === 'string' || typeof value === 'number' ? [String(value).toLowerCase()] : [],
  );
  return words.length === values.length ? words : null;
}
