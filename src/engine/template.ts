/** What a placeholder takes; a list is as many words. */
export type Value = string | number | readonly string[];
type Data = Readonly<Record<string, Value>>;

/** `{name}`; a shell's `${NAME}`, awk's `{print $1}` and Go's `{{end}}` are left alone. */
const placeholder = /(?<![${])\{([a-zA-Z][a-zA-Z0-9]*)\}(?!\})/g;

/** Fills a message; a placeholder without a value stays, so that a test can see it. */
export function renderMessage(template: string, data: Data): string {
  return fill(
    template,
    data,
    (value) => inOne(value, String),
    (name) => `{${name}}`,
  );
}

/**
 * Fills a command for a POSIX shell, each value quoted as one word, each of a list as one.
 *
 * @returns `null` when a value is missing: no command is better than a wrong one
 */
export function renderCommand(template: string, data: Data): string | null {
  return fill(template, data, (value) => inOne(value, shellQuote), nothing);
}

/**
 * Fills a piece of YAML, each value as one scalar.
 *
 * @returns `null` when a value is missing
 */
export function renderYaml(template: string, data: Data): string | null {
  return fill(template, data, (value) => yamlScalar(inOne(value, String)), nothing);
}

function inOne(value: Value, written: (word: string) => string): string {
  return typeof value === 'object' ? value.map(written).join(' ') : written(String(value));
}

function nothing(): null {
  return null;
}

/** A JSON string is a YAML scalar (YAML 1.2, 7.3.1); plain where nothing in it can mean anything else. */
function yamlScalar(value: string): string {
  const isWord = /^[A-Za-z/][A-Za-z0-9_./-]*$/.test(value);
  const isOther = /^(?:true|false|null|yes|no|on|off|y|n)$/i.test(value);
  // A port stands within a word: 127.0.0.1:8080:80/tcp.
  const isPort = /^\d{1,5}(?:\/[a-z]+)?$/.test(value);
  return isPort || (isWord && !isOther) ? value : JSON.stringify(value);
}

/** One word for a POSIX shell. A NUL cannot be part of one, so it goes. */
export function shellQuote(value: string): string {
  if (/^[A-Za-z0-9_./:@%+=,-]+$/.test(value)) return value;
  return `'${value.replaceAll('\0', '').replaceAll("'", `'\\''`)}'`;
}

export function placeholdersOf(template: string): readonly string[] {
  return parsed(template).rest.map(({ name }) => name);
}

/** @param missing - what stands for a placeholder without a value; `null`: nothing can, and there is no text */
function fill<Missing extends string | null>(
  template: string,
  data: Data,
  written: (value: Value) => string,
  missing: (name: string) => Missing,
): string | Missing {
  const { first, rest } = parsed(template);
  let filled = first;
  for (const { name, behind } of rest) {
    const value = data[name];
    const text = value === undefined ? missing(name) : written(value);
    if (text === null) return text;
    filled += text + behind;
  }
  return filled;
}

/** A template's text before its placeholders, then each of them with the text behind it. */
interface Template {
  readonly first: string;
  readonly rest: readonly { readonly name: string; readonly behind: string }[];
}

/** Rules are few, and each is filled in for every subject. */
const templates = new Map<string, Template>();

function parsed(template: string): Template {
  const before = templates.get(template);
  if (before !== undefined) return before;
  // The name in parentheses makes split() give text and name in turn.
  const [first = '', ...parts] = template.split(placeholder);
  const rest = parts.flatMap((name, index) =>
    index % 2 === 0 ? [{ name, behind: parts[index + 1] ?? '' }] : [],
  );
  const found = { first, rest };
  templates.set(template, found);
  return found;
}
