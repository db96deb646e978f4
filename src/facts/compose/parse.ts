import type { Node as YamlNode } from 'yaml';
import { LineCounter, isAlias, isMap, isScalar, isSeq, parseAllDocuments } from 'yaml';
import type { Place } from '../workloads/setting.ts';
import type { Entry, Mapping, Node, Tag } from './tree.ts';
import { wordsOf } from './tree.ts';

/** What a file may cost: aliases multiply, and no compose file is near these. */
const bounds = { characters: 512 * 1024, nodes: 100_000, depth: 60 } as const;

export type ParsedFile =
  | { readonly documents: readonly Mapping[]; readonly problem: null }
  /** One sentence that names the file and the line. */
  | { readonly documents: null; readonly problem: string };

interface Walk {
  readonly file: string;
  readonly directory: string;
  readonly text: string;
  readonly lines: LineCounter;
  /** The last node under each anchor; an alias names one written before it. */
  readonly anchors: Map<string, YamlNode>;
  left: number;
}

/**
 * A compose file's documents, aliases and merge keys followed, every node with its place.
 *
 * @param file - what to call it
 * @param directory - where its relative paths start
 */
export function parseComposeFile(text: string, file: string, directory: string): ParsedFile {
  if (text.length > bounds.characters) {
    return refused(`${file} is larger than ${String(bounds.characters)} characters, and was not read`);
  }
  const templateAt = templateLine(text);
  const isTemplate = (line: number) =>
    refused(`${file}:${String(line)}: the file is a template and needs rendering before it can be judged`);
  if (templateAt !== null) return isTemplate(templateAt);
  const lines = new LineCounter();
  try {
    // Duplicate keys are found below: the library compares every key with every other.
    const options = {
      lineCounter: lines,
      prettyErrors: false,
      uniqueKeys: false,
      // Compose reads every file by one schema (go.yaml.in/yaml, resolve.go), whatever its %YAML says.
      schema: 'core',
      logLevel: 'silent',
    } as const;
    const parsed = parseAllDocuments(text, options);
    const documents: Mapping[] = [];
    let left: number = bounds.nodes;
    for (const document of parsed) {
      const [broken] = document.errors;
      if (broken !== undefined) {
        const { line, col } = lines.linePos(broken.pos[0]);
        return refused(`${file}:${String(line)}:${String(col)}: ${broken.message}`);
      }
      if (document.contents === null) continue;
      const walk = { file, directory, text, lines, anchors: new Map<string, YamlNode>(), left };
      const node = nodeOf(document.contents, walk, 0);
      ({ left } = walk);
      if (node.kind === 'mapping') documents.push(node);
      else if (node.kind === 'list' || node.text !== null) {
        return refused(`${wordsOf(node.place)}: the file is no mapping, and Compose refuses it`);
      }
    }
    return { documents, problem: null };
  } catch (error) {
    // A refusal of this module, or the library out of stack.
    const reason = error instanceof RangeError ? 'is nested too deeply' : messageOf(error);
    return refused(reason.startsWith(`${file}:`) ? reason : `${file}: ${reason}`);
  }
}

function refused(problem: string): ParsedFile {
  return { documents: null, problem };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A line that Jinja, Go's templates or Helm would still change; in quotes, `{{ }}` is a value's own. */
function templateLine(text: string): number | null {
  // A key begins with no item's dash, so that what is no template is gone through once.
  const template = /^\s*(?:- +)*(?:\{[{%]|(?:"[^"]*"|'[^']*'|(?!- )[^\s"'#][^"'#:]*):\s+\{[{%])/;
  const index = text.split('\n').findIndex((line) => template.test(line.slice(0, 1000)));
  return index < 0 ? null : index + 1;
}

function nodeOf(node: YamlNode, walk: Walk, depth: number): Node {
  const place = placeOf(node, walk);
  if (depth > bounds.depth) throw new Error(`${wordsOf(place)}: nested or aliased too deeply`);
  walk.left -= 1;
  if (walk.left < 0)
    throw new Error(`${wordsOf(place)}: aliases make more than ${String(bounds.nodes)} values of it`);
  if (isAlias(node)) {
    const target = walk.anchors.get(node.source);
    if (target === undefined) throw new Error(`${wordsOf(place)}: there is no anchor &${node.source}`);
    return nodeOf(target, walk, depth + 1);
  }
  const { anchor } = node as { anchor?: string };
  if (anchor !== undefined) walk.anchors.set(anchor, node);
  const { directory } = walk;
  const tag = tagOf(node.tag);
  if (isMap(node)) return { kind: 'mapping', place, directory, tag, entries: entriesOf(node, walk, depth) };
  if (isSeq(node)) {
    const items = (node.items as YamlNode[])
      .map((item) => nodeOf(item, walk, depth + 1))
      .filter((item) => item.tag !== 'reset');
    return { kind: 'list', place, directory, tag, items };
  }
  const text = isScalar(node) ? textOf(node.value, node.source) : null;
  if (text === null && isScalar(node) && node.value != null)
    throw new Error(`${wordsOf(place)}: a value that is no text`);
  const isNumber = isScalar(node) && typeof node.value === 'number';
  return {
    kind: 'scalar',
    place,
    directory,
    tag,
    text,
    isNumber,
    indent: indentOf(node, walk),
    shown: text ?? '',
    unset: [],
  };
}

function entriesOf(node: YamlNode, walk: Walk, depth: number): ReadonlyMap<string, Entry> {
  const own = new Map<string, Entry>();
  const merged = new Map<string, Entry>();
  if (!isMap(node)) return own;
  for (const { key, value } of node.items as { key: YamlNode; value: YamlNode | null }[]) {
    const at = placeOf(key, walk);
    if (!isScalar(key)) throw new Error(`${wordsOf(at)}: a key that is no word`);
    const { anchor } = key;
    if (anchor !== undefined) walk.anchors.set(anchor, key);
    const name = textOf(key.value, key.source);
    if (name === null) throw new Error(`${wordsOf(at)}: a key that is no word`);
    if (name === '<<' && key.type === 'PLAIN' && value !== null) {
      // The first of several merged mappings wins, and what is written wins over all of them.
      for (const [each, entry] of mergedInto(nodeOf(value, walk, depth + 1))) {
        if (!merged.has(each)) merged.set(each, entry);
      }
      continue;
    }
    if (own.has(name))
      throw new Error(`${wordsOf(at)}: the key ${JSON.stringify(name)} stands twice in one mapping`);
    const absent = {
      kind: 'scalar',
      place: at,
      directory: walk.directory,
      tag: null,
      text: null,
      isNumber: false,
      indent: null,
    } as const;
    own.set(name, {
      at,
      value: value === null ? { ...absent, shown: '', unset: [] } : nodeOf(value, walk, depth + 1),
    });
  }
  return merged.size === 0 ? own : new Map([...merged, ...own]);
}

function mergedInto(value: Node): readonly (readonly [string, Entry])[] {
  const sources = value.kind === 'list' ? value.items : [value];
  return sources.flatMap((source) => {
    if (source.kind !== 'mapping')
      throw new Error(`${wordsOf(source.place)}: only mappings can be merged with <<`);
    return [...source.entries];
  });
}

function tagOf(tag: string | undefined): Tag {
  return tag === '!reset' ? 'reset' : tag === '!override' ? 'override' : null;
}

/** Of a literal block: what its first line that is not blank has in the file, and not in the value. */
function indentOf(node: YamlNode, { text }: Walk): number | null {
  if (!isScalar(node) || node.type !== 'BLOCK_LITERAL' || node.range == null) return null;
  const [start, end] = node.range;
  const leading = (lines: string) => /^( *)[^ \n]/m.exec(lines)?.[1]?.length ?? 0;
  return leading(text.slice(text.indexOf('\n', start) + 1, end)) - leading(String(node.value));
}

/** Go's YAML reads 0755 as octal, as YAML 1.1 did (gopkg.in/yaml.v3, resolve.go). */
function textOf(value: unknown, source: string | undefined): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'number') return null;
  if (source !== undefined && /^0[0-7]+$/.test(source)) return String(Number.parseInt(source, 8));
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? (source ?? String(value)) : String(value);
}

function placeOf(node: YamlNode, { file, lines }: Walk): Place {
  const { line, col } = lines.linePos(node.range?.[0] ?? 0);
  return { file, line: Math.max(1, line), column: Math.max(1, col) };
}
