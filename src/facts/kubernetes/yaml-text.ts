import type { Document, ParsedNode } from 'yaml';
import { LineCounter, isAlias, isMap, isNode, isScalar, isSeq, parseAllDocuments } from 'yaml';
import { kubectlTags } from './yaml-tags.ts';

/** Keys and indices that lead to a value in a document. */
export type Path = readonly (string | number)[];

/** Lines and columns count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface YamlDocument {
  readonly value: unknown;
  /** Where a value is written, or as much of the way to it as is written. */
  position(path: Path): Position;
}

/** Why a document could not be read. */
export interface YamlProblem extends Position {
  readonly problem: string;
}

/** etcd stores no larger object (--max-request-bytes). */
const largest = 1.5 * 1024 * 1024;
/** More values than this come of aliases that multiply. */
const mostValues = 300_000;
const deepest = 200;

/**
 * The documents of a text that may be Kubernetes objects: those that speak of an apiVersion and a kind. Read as kubectl does, which
 * takes YAML 1.1: `yes` is true, and of a key written twice the last one counts.
 *
 * @param options - `always`: every document, whatever it speaks of
 */
export function readDocuments(
  text: string,
  { always = false } = {},
): readonly (YamlDocument | YamlProblem)[] {
  const found: (YamlDocument | YamlProblem)[] = [];
  let line = 0;
  // A marker at the start of a line ends a document, whatever it stands in (YAML 1.2, 9.1.1).
  for (const part of text.split(/^(?=---(?:\s|$))/m)) {
    if (always || isNamed(part)) found.push(...readPart(part, line));
    line += part.split('\n').length - 1;
  }
  return found;
}

/** As keys, not somewhere in a text: `apiVersion:`, `"kind":`. */
function isNamed(part: string): boolean {
  return /\bapiVersion["']?[ \t]*:/.test(part) && /\bkind["']?[ \t]*:/.test(part);
}

function readPart(text: string, linesBefore: number): readonly (YamlDocument | YamlProblem)[] {
  const lines = new LineCounter();
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1) + linesBefore, column: Math.max(col, 1) };
  };
  if (text.length > largest) {
    return [
      {
        line: linesBefore + 1,
        column: 1,
        problem: 'a document of more than 1.5 MiB, which no cluster stores',
      },
    ];
  }
  try {
    const documents = parseAllDocuments(text, {
      lineCounter: lines,
      prettyErrors: false,
      // Comparing every key with every other takes minutes in a large map.
      uniqueKeys: false,
      version: '1.1',
      customTags: kubectlTags,
    });
    return [...documents].map((document) => readDocument(document, at));
  } catch (error) {
    // Nested deeper than the stack.
    return [{ ...at(0), problem: error instanceof Error ? error.message : String(error) }];
  }
}

function readDocument(
  document: Document.Parsed,
  at: (offset: number) => Position,
): YamlDocument | YamlProblem {
  const [broken] = document.errors;
  if (broken !== undefined) return { ...at(broken.pos[0]), problem: broken.message };
  const start = document.contents?.range[0] ?? 0;
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    if (!isTree(value)) return { ...at(start), problem: 'aliases that lead back to themselves, or multiply' };
    return { value, position: (path) => at(offsetOf(document, path)) };
  } catch (error) {
    return { ...at(start), problem: error instanceof Error ? error.message : String(error) };
  }
}

/** Whether a value is finite and of a reasonable size, however its parts are shared. */
function isTree(value: unknown): boolean {
  let left = mostValues;
  const walk = (at: unknown, depth: number): boolean => {
    left--;
    if (left < 0 || depth > deepest) return false;
    if (typeof at !== 'object' || at === null) return true;
    return Object.values(at).every((each) => walk(each, depth + 1));
  };
  return walk(value, 0);
}

function offsetOf(document: Document.Parsed, path: Path): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range[0] ?? 0;
  for (const step of path) {
    const found = stepInto(document, node, step, 0);
    if (found === null) return offset;
    node = found.value;
    offset = found.offset;
  }
  return offset;
}

function stepInto(
  document: Document.Parsed,
  node: unknown,
  step: string | number,
  depth: number,
): { readonly offset: number; readonly value: unknown } | null {
  // A merge may name an alias that merges itself.
  if (depth > 20) return null;
  const at = isAlias(node) ? node.resolve(document) : node;
  if (isSeq(at)) {
    const item: unknown = typeof step === 'number' ? at.items[step] : undefined;
    return isNode(item) ? { offset: startOf(item), value: item } : null;
  }
  if (!isMap(at)) return null;
  const own = at.items.findLast(({ key }) => isScalar(key) && String(key.value) === String(step));
  if (own !== undefined) return { offset: startOf(own.key), value: own.value };
  for (const { key, value } of at.items) {
    if (!isScalar(key) || key.source !== '<<') continue;
    for (const source of isSeq(value) ? value.items : [value]) {
      const merged = stepInto(document, source, step, depth + 1);
      if (merged !== null) return merged;
    }
  }
  return null;
}

function startOf(node: unknown): number {
  return isNode(node) ? (node as ParsedNode).range[0] : 0;
}
