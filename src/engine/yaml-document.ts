import { LineCounter, isNode, parseDocument } from 'yaml';
import * as z from 'zod';
import { InputError } from './input-error.ts';
import { nearest } from './nearest.ts';

/**
 * Parses YAML text against a schema.
 *
 * @param file - name for error messages
 * @throws InputError naming file, line, key and, for an unknown key, the nearest known one
 */
export function parseYamlAs<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
  file: string,
): z.output<Schema> {
  const lines = new LineCounter();
  // Aliases multiply: a small bound stops a YAML bomb, none of our files needs any.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [broken] = document.errors;
  if (broken !== undefined) {
    throw new InputError(`${file}:${String(lines.linePos(broken.pos[0]).line)}: ${broken.message}`);
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 20 }) as unknown;
  } catch (error) {
    throw new InputError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const result = schema.safeParse(value ?? {});
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => {
    const at = lineOf(document, lines, issue);
    return `${file}${at === null ? '' : `:${String(at)}`}: ${describeIssue(issue, schema)}`;
  });
  throw new InputError(problems.join('\n'));
}

function lineOf(
  document: ReturnType<typeof parseDocument>,
  lines: LineCounter,
  issue: z.core.$ZodIssue,
): number | null {
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0]] : issue.path;
  for (let length = path.length; length > 0; length--) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return null;
}

/** What a schema refuses, with its key, and for an unknown key the nearest known one. */
export function describeIssue(issue: z.core.$ZodIssue, schema: z.ZodType): string {
  const where = issue.path.length > 0 ? `${issue.path.map(String).join('.')}: ` : '';
  if (issue.code !== 'unrecognized_keys') return `${where}${issue.message}`;
  const known = keysAt(schema, issue.path);
  const unknowns = issue.keys.map((key) => {
    const near = nearest(key, known);
    return `unknown key "${key}"${near === null ? '' : `, did you mean "${near}"?`}`;
  });
  return `${where}${unknowns.join('; ')}`;
}

/** Keys that a schema allows at a path; empty where the path leads through anything but objects. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  let at: unknown = schema;
  for (const step of path) {
    at = unwrap(at);
    if (at instanceof z.ZodObject) at = shapeOf(at)[step];
    else if (at instanceof z.ZodArray) at = at.element;
    else if (at instanceof z.ZodRecord) at = at.valueType;
    else return [];
  }
  at = unwrap(at);
  return at instanceof z.ZodObject ? Object.keys(shapeOf(at)) : [];
}

function shapeOf(schema: z.ZodObject): Readonly<Record<PropertyKey, unknown>> {
  return schema.shape;
}

function unwrap(schema: unknown): unknown {
  let at = schema;
  while (at instanceof z.ZodOptional || at instanceof z.ZodDefault || at instanceof z.ZodNullable) {
    at = at.unwrap();
  }
  return at;
}
