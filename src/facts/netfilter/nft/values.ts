import * as z from 'zod';

/** A named set or map of nft(8). */
export interface NamedSet {
  /** At the time of the audit. */
  readonly elements: readonly unknown[];
  /** Whether rules add to it. */
  readonly grows: boolean;
}

/** By `family table name`. */
export type NamedSets = ReadonlyMap<string, NamedSet>;

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
  if (isSetName(right)) return namedSet(right, scope)?.elements.map(plain) ?? null;
  const set = AnonymousSet.safeParse(right);
  return set.success ? set.data.set.map(plain) : [right];
}

function isSetName(value: unknown): value is `@${string}` {
  return typeof value === 'string' && value.startsWith('@');
}

function namedSet(name: `@${string}`, { sets, family, table }: Scope): NamedSet | undefined {
  return sets.get(setKey(family, table, name.slice(1)));
}

/** Whether the right side is a set that rules add to. */
export function isGrowing(right: unknown, scope: Scope): boolean {
  return isSetName(right) && namedSet(right, scope)?.grows === true;
}

const Pairs = z.array(z.tuple([z.unknown(), z.unknown()]));

/**
 * Keys and values of a map, anonymous or named.
 *
 * @returns `null` for a map that is not there
 */
export function pairsOf(data: unknown, scope: Scope): readonly (readonly [unknown, unknown])[] | null {
  const elements = isSetName(data) ? namedSet(data, scope)?.elements : AnonymousSet.safeParse(data).data?.set;
  const pairs = Pairs.safeParse(elements);
  return pairs.success ? pairs.data.map(([key, value]) => [plain(key), value] as const) : null;
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
