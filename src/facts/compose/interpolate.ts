import type { Entry, Mapping, Node, Scalar } from './tree.ts';
import { wordsOf } from './tree.ts';

/** A variable's value; `null` where nothing sets it. */
export type Lookup = (name: string) => string | null;

export interface Substituted {
  readonly text: string;
  /** The text with the variables that are not set left as they are written. */
  readonly shown: string;
  readonly unset: readonly string[];
}

/** Longer values, or deeper nesting, are nobody's configuration: variables that contain variables multiply. */
const bounds = { characters: 64 * 1024, depth: 20 } as const;

/**
 * Replaces `$NAME`, `${NAME}` and the forms with `:-`, `-`, `:?`, `?`, `:+` and `+`, nested too, as compose-go does
 * (template/template.go): a dollar that begins none of them stands for itself.
 *
 * @throws Error with a clause for what Compose refuses
 */
export function substitute(template: string, lookup: Lookup, depth = 0): Substituted {
  if (!template.includes('$')) return { text: template, shown: template, unset: [] };
  if (template.length > bounds.characters || depth > bounds.depth)
    throw new Error('the value is too long or nested');
  let [text, shown, from] = ['', '', 0];
  const unset: string[] = [];
  for (let at = template.indexOf('$'); at >= 0; at = template.indexOf('$', from)) {
    const { length, value } = substitutionAt(template, at, lookup, depth);
    text += template.slice(from, at) + value.text;
    shown += template.slice(from, at) + value.shown;
    unset.push(...value.unset);
    from = at + length;
    if (text.length > bounds.characters) throw new Error('the value grows too long');
  }
  return { text: text + template.slice(from), shown: shown + template.slice(from), unset };
}

interface Substitution {
  /** How much of the template it is. */
  readonly length: number;
  readonly value: Substituted;
}

function substitutionAt(template: string, at: number, lookup: Lookup, depth: number): Substitution {
  const next = template[at + 1];
  if (next === '$') return { length: 2, value: plain('$') };
  if (next !== '{') {
    const name = nameAt(template, at + 1);
    if (name === '') return { length: 1, value: plain('$') };
    return { length: 1 + name.length, value: valueOf(name, `$${name}`, lookup) };
  }
  const name = nameAt(template, at + 2);
  const operator = /[-+?]|:[-+?]/y;
  operator.lastIndex = at + 2 + name.length;
  const [sign] = operator.exec(template) ?? [];
  const end = name === '' ? -1 : closingBrace(template, at);
  if (end < 0 || (sign === undefined && end !== at + 2 + name.length)) {
    throw new Error('${ that begins no variable: Compose refuses it, a literal dollar is written $$');
  }
  const written = template.slice(at, end + 1);
  const length = written.length;
  if (sign === undefined) return { length, value: valueOf(name, written, lookup) };
  const body = template.slice(at + 2 + name.length + sign.length, end);
  return { length, value: choose(name, sign, body, written, lookup, depth) };
}

/** The colon makes an empty variable count as one that is not set. */
function choose(
  name: string,
  sign: string,
  body: string,
  written: string,
  lookup: Lookup,
  depth: number,
): Substituted {
  const value = lookup(name);
  const isThere = value !== null && (value !== '' || !sign.startsWith(':'));
  switch (sign.at(-1)) {
    case '-':
      return isThere ? plain(value) : substitute(body, lookup, depth + 1);
    case '+':
      return isThere ? substitute(body, lookup, depth + 1) : plain(value ?? '');
    default:
      // Without it Compose does not start: who starts it sets it.
      return isThere ? plain(value) : { text: '', shown: written, unset: [name] };
  }
}

function valueOf(name: string, written: string, lookup: Lookup): Substituted {
  const value = lookup(name);
  return value === null ? { text: '', shown: written, unset: [name] } : plain(value);
}

function plain(text: string): Substituted {
  return { text, shown: text, unset: [] };
}

function nameAt(template: string, at: number): string {
  const name = /[a-z_][a-z0-9_]*/iy;
  name.lastIndex = at;
  return name.exec(template)?.[0] ?? '';
}

/**
 * Where `${` at a position ends: at the brace that closes it, and where braces in a default do not pair, at the
 * last one of the line.
 */
function closingBrace(template: string, from: number): number {
  const newline = template.indexOf('\n', from);
  const end = newline < 0 ? template.length : newline;
  let open = 0;
  for (let at = from; at < end; at++) {
    if (template[at] === '}') {
      open -= 1;
      if (open === 0) return at;
    }
    // The character after an opening brace is passed over: compose-go's getFirstBraceClosingIndex.
    if (template[at] === '{') {
      open += 1;
      at += 1;
    }
  }
  const last = template.lastIndexOf('}', end - 1);
  return last > from ? last : -1;
}

/** Substitutes in every value below a node, never in keys. What Compose refuses is told, and left as written. */
export function interpolate(mapping: Mapping, lookup: Lookup, problems: string[]): Mapping {
  return { ...mapping, entries: interpolateEntries(mapping, lookup, problems) };
}

function interpolateEntries(
  mapping: Mapping,
  lookup: Lookup,
  problems: string[],
): ReadonlyMap<string, Entry> {
  return new Map(
    [...mapping.entries].map(([key, { at, value }]) => [
      key,
      { at, value: interpolateNode(value, lookup, problems) },
    ]),
  );
}

function interpolateNode(node: Node, lookup: Lookup, problems: string[]): Node {
  if (node.kind === 'mapping') return interpolate(node, lookup, problems);
  if (node.kind === 'list') {
    return { ...node, items: node.items.map((item) => interpolateNode(item, lookup, problems)) };
  }
  return interpolateScalar(node, lookup, problems);
}

function interpolateScalar(node: Scalar, lookup: Lookup, problems: string[]): Scalar {
  const { text } = node;
  if (text === null) return node;
  // What a template would still put there is as unknown as a variable.
  const rendered = [...text.matchAll(/\{\{.{0,80}?\}\}/g)].map(([each]) => each);
  if (!text.includes('$')) return rendered.length === 0 ? node : { ...node, unset: rendered };
  try {
    const { unset, ...rest } = substitute(text, lookup);
    return { ...node, ...rest, unset: [...new Set([...unset, ...rendered])] };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    problems.push(`${wordsOf(node.place)}: ${reason}`);
    return { ...node, unset: [text.slice(0, 80)] };
  }
}
