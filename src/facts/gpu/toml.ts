/** A value that this reader understands. */
export type TomlValue = string | boolean | number | readonly string[];

export interface FlatToml {
  /** By `table.key`; a key before the first table has no prefix. */
  readonly values: ReadonlyMap<string, { readonly value: TomlValue; readonly line: number }>;
  /** First line that was not understood, 1-based; `null` when all were. A key may hide there. */
  readonly unread: number | null;
}

/**
 * Reads the part of TOML that flat settings files use: tables, and keys with a string, boolean, number
 * or array of strings. See https://toml.io/en/v1.0.0
 */
export function parseFlatToml(text: string): FlatToml {
  const values = new Map<string, { value: TomlValue; line: number }>();
  const lines = text.split('\n');
  let unread: number | null = null;
  let table = '';
  for (let index = 0; index < lines.length; index++) {
    const line = index + 1;
    const content = withoutComment(lines[index] ?? '');
    if (content === '') continue;
    const header = /^\[\s*([A-Za-z0-9_.-]+)\s*\]$/.exec(content)?.[1];
    if (header !== undefined) {
      table = `${header}.`;
      continue;
    }
    const written = [content];
    if (/=\s*\[[^\]]*$/.test(content)) {
      while (written.at(-1)?.endsWith(']') === false && index + 1 < lines.length) {
        written.push(withoutComment(lines[++index] ?? ''));
      }
    }
    const [, key, text = ''] = /^([A-Za-z0-9_-]+|"[^"\\]+")\s*=\s*(.*)$/.exec(written.join('')) ?? [];
    const value = valueOf(text);
    if (key === undefined || value === null) unread ??= line;
    else values.set(`${table}${key.replaceAll('"', '')}`, { value, line });
  }
  return { values, unread };
}

/** A quote that does not end stays, so that the line counts as not understood. */
function withoutComment(line: string): string {
  const content = /^(?:[^"'#]+|"(?:[^"\\]|\\.)*"|'[^']*')*/.exec(line)?.[0] ?? '';
  return (line[content.length] === '#' ? content : line).trim();
}

function valueOf(written: string): TomlValue | null {
  if (written === 'true' || written === 'false') return written === 'true';
  if (/^[+-]?\d+$/.test(written)) return Number(written);
  const text = textOf(written);
  if (text !== null) return text;
  if (!written.startsWith('[') || !written.endsWith(']')) return null;
  const items = written
    .slice(1, -1)
    .split(',')
    .map((item) => item.trim());
  if (items.at(-1) === '') items.pop();
  const texts = items.map(textOf);
  return texts.every((item) => item !== null) ? texts : null;
}

function textOf(written: string): string | null {
  return /^"([^"\\]*)"$/.exec(written)?.[1] ?? /^'([^']*)'$/.exec(written)?.[1] ?? null;
}
