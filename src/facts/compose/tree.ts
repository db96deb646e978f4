import type { Place } from '../workloads/setting.ts';

/** `!reset` takes away what stood there before, `!override` replaces it; compose-spec, 13-merge.md. */
export type Tag = 'reset' | 'override' | null;

interface Written {
  readonly place: Place;
  /** Where relative paths in it start, absolute. */
  readonly directory: string;
  readonly tag: Tag;
}

export interface Scalar extends Written {
  readonly kind: 'scalar';
  /** As Compose substitutes it: a variable that is not set is empty. */
  readonly text: string | null;
  /** How far the lines of a literal block (`|`) are indented; `null` for any other text. */
  readonly indent: number | null;
  /** Written as a number, without quotes. */
  readonly isNumber: boolean;
  /** The same with the variables that are not set left visible. */
  readonly shown: string;
  /** Variables that it depends on and nothing sets. */
  readonly unset: readonly string[];
}

export interface List extends Written {
  readonly kind: 'list';
  readonly items: readonly Node[];
}

export interface Mapping extends Written {
  readonly kind: 'mapping';
  readonly entries: ReadonlyMap<string, Entry>;
}

export type Node = Scalar | List | Mapping;

export interface Entry {
  /** Where its key is written. */
  readonly at: Place;
  readonly value: Node;
}

export function wordsOf({ file, line, column }: Place): string {
  return `${file}:${String(line)}:${String(column)}`;
}

/** What a path of keys leads to; `null` where there is nothing, or an explicit null. */
export function valueAt(node: Node | null, ...keys: readonly string[]): Node | null {
  return entryAt(node, ...keys)?.value ?? null;
}

export function entryAt(node: Node | null, ...keys: readonly string[]): Entry | null {
  let entry: Entry | null = null;
  let at = node;
  for (const key of keys) {
    if (at?.kind !== 'mapping') return null;
    entry = at.entries.get(key) ?? null;
    at = entry?.value ?? null;
  }
  return at === null || isNull(at) ? null : entry;
}

export function isNull(node: Node): boolean {
  return node.kind === 'scalar' && node.text === null;
}

/** The entries of a mapping; none for anything else. */
export function entriesOf(node: Node | null): readonly (readonly [string, Entry])[] {
  return node?.kind === 'mapping' ? [...node.entries] : [];
}

/** Items of a list, a lone scalar as a list of one (string-or-list of the specification). */
export function itemsOf(node: Node | null): readonly Node[] {
  if (node === null || isNull(node)) return [];
  if (node.kind === 'list') return node.items;
  return node.kind === 'scalar' ? [node] : [];
}
