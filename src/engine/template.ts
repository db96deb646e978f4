type Data = Readonly<Record<string, string | number>>;

/** `{name}`; a shell's `${NAME}`, awk's `{print $1}` and Go's `{{end}}` are left alone. */
const placeholder = /(?<![${])\{([a-zA-Z][a-zA-Z0-9]*)\}(?!\})/g;

/** Fills a message; a placeholder without a value stays, so that a test can see it. */
export function renderMessage(template: string, data: Data): string {
  return template.replace(placeholder, (whole, name: string) => String(data[name] ?? whole));
}

/**
 * Fills a command for a POSIX shell, each value quoted as one word.
 *
 * @returns `null` when a value is missing: no command is better than a wrong one
 */
export function renderCommand(template: string, data: Data): string | null {
  if (placeholdersOf(template).some((name) => data[name] === undefined)) return null;
  return template.replace(placeholder, (_, name: string) => shellQuote(String(data[name])));
}

/**
 * Fills a piece of YAML, each value as one scalar.
 *
 * @returns `null` when a value is missing
 */
export function renderYaml(template: string, data: Data): string | null {
  if (placeholdersOf(template).some((name) => data[name] === undefined)) return null;
  return template.replace(placeholder, (_, name: string) => yamlScalar(String(data[name])));
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
  const before = found.get(template);
  if (before !== undefined) return before;
  const names = Array.from(template.matchAll(placeholder), (match) => match[1] ?? '');
  found.set(template, names);
  return names;
}

/** Rules are few, and each is filled in for every subject. */
const found = new Map<string, readonly string[]>();
