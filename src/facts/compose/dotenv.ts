import type { Lookup } from './interpolate.ts';
import { substitute } from './interpolate.ts';

export interface Variable {
  readonly value: string;
  readonly line: number;
  /** Variables that it depends on and nothing sets. */
  readonly unset: readonly string[];
}
export type Variables = ReadonlyMap<string, Variable>;

export interface ParsedVariables {
  readonly variables: Variables;
  /** The clause that says what Compose refuses, with its line; what stands before it is kept. */
  readonly problem: string | null;
}

/**
 * An .env file or an `env_file` as compose-go reads it (dotenv/parser.go).
 *
 * @param lookup - values that come before the file's own in substitutions
 */
export function parseDotenv(text: string, lookup: Lookup): ParsedVariables {
  const variables = new Map<string, Variable>();
  const known: Lookup = (name) => lookup(name) ?? variables.get(name)?.value ?? null;
  const source = text.replace(/^\uFEFF/, '');
  let at = 0;
  let line = 1;
  const move = (to: number) => {
    for (
      let index = source.indexOf('\n', at);
      index >= 0 && index < to;
      index = source.indexOf('\n', index + 1)
    ) {
      line += 1;
    }
    at = to;
  };
  try {
    for (;;) {
      move(match(/(?:\s|#[^\n]*(?:\n|$))*/y, source, at).end);
      if (at >= source.length) return { variables, problem: null };
      const name = match(/(?:export[^\S\n]+)?([\p{L}\p{N}_.[\]-]*)[^\S\n]*/uy, source, at);
      const key = name.groups[1] ?? '';
      const [sign = '\n'] = source.slice(name.end, name.end + 1);
      if (key === '' || !/[=:\n]/.test(sign)) throw new Error('no variable name stands here');
      const begins = line;
      if (sign === '\n') {
        move(name.end);
        const inherited = known(key);
        if (inherited !== null) variables.set(key, { value: inherited, line: begins, unset: [] });
        continue;
      }
      const { end, value, unset } = valueAt(source, match(/[^\S\n]*/y, source, name.end + 1).end, known);
      move(end);
      // Names that begin with a digit are passed over.
      if (!/^\d/.test(key)) variables.set(key, { value, line: begins, unset });
    }
  } catch (error) {
    return {
      variables,
      problem: `line ${String(line)}: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

function valueAt(
  source: string,
  from: number,
  lookup: Lookup,
): { end: number; value: string; unset: readonly string[] } {
  const quote = source[from];
  if (quote !== '"' && quote !== "'") {
    const newline = source.indexOf('\n', from);
    const end = newline < 0 ? source.length : newline;
    const [bare = ''] = source.slice(from, end).split(' #');
    const { text, unset } = substitute(bare.trimEnd(), lookup);
    return { end, value: text, unset };
  }
  const { end, groups } = match(
    quote === '"' ? /"((?:\\[^]|[^"\\])*)"/y : /'((?:\\[^]|[^'\\])*)'/y,
    source,
    from,
  );
  if (end === from) throw new Error('a quoted value does not end');
  // A backslash before the quote is taken away, every other one stays.
  const inside = (groups[1] ?? '').replaceAll(`\\${quote}`, quote);
  if (quote === "'") return { end, value: inside, unset: [] };
  const { text, unset } = substitute(unescape(inside), lookup);
  return { end, value: text, unset };
}

const escapes: Readonly<Record<string, string>> = {
  ...{ a: '\x07', b: '\b', c: '\\c', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\', '"': '"' },
  $: '$$',
};

function unescape(text: string): string {
  return text.replace(/\\([abcfnrtv$"\\])/g, (whole, letter: string) => escapes[letter] ?? whole);
}

function match(
  pattern: RegExp,
  source: string,
  at: number,
): { end: number; groups: readonly (string | undefined)[] } {
  pattern.lastIndex = at;
  const found = pattern.exec(source);
  return { end: found === null ? at : pattern.lastIndex, groups: found ?? [] };
}

/** `format: raw`: every line is NAME=the rest, as it stands; Go's bufio.ScanLines takes the `\r` off its end. */
export function parseRawVariables(text: string): ParsedVariables {
  const variables = new Map<string, Variable>();
  for (const [index, line] of text.split(/\r?\n|\r$/).entries()) {
    const [, key, value = ''] = /^\s*([^#=\s][^=]*?)=([^]*)$/.exec(line) ?? [];
    if (key !== undefined) variables.set(key, { value, line: index + 1, unset: [] });
  }
  return { variables, problem: null };
}
