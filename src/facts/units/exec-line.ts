import { nextCommandWord, words } from './words.ts';

/** One command of an ExecStart= line. */
export interface CommandLine {
  readonly prefixes: string;
  readonly path: string;
  /** Specifiers resolved, variables not yet. */
  readonly argv: readonly string[];
}

/**
 * The commands of one ExecStart= value, ` ; ` between them; see "Command lines" in systemd.service(5).
 *
 * @returns `null` when systemd drops the rest of the file for it, and the unit where that is its fragment
 */
export function parseExecLine(value: string, expand: (text: string) => string): CommandLine[] | null {
  const commands: CommandLine[] = [];
  let at = 0;
  while (at < value.length) {
    const first = nextCommandWord(value, at);
    if (first === null) break;
    if (first === 'invalid') return null;
    at = first.next;
    if (first.text === ';') continue;
    const prefixes = /^[-@:+!|]*/.exec(first.text)?.[0] ?? '';
    const refused = prefixes.includes('-') ? commands : null;
    const rest = parseArguments(value, at, expand);
    if (rest === null) return refused;
    at = rest.next;
    const path = expand(first.text.slice(prefixes.length));
    if (path === '' || path.endsWith('/')) return refused;
    const argv = prefixes.includes('@') ? rest.argv : [path, ...rest.argv];
    if (argv[0] === undefined || argv[0] === '') return refused;
    commands.push({ prefixes, path: simplifyPath(path), argv });
  }
  return commands;
}

function parseArguments(
  value: string,
  from: number,
  expand: (text: string) => string,
): { argv: string[]; next: number } | null {
  const argv: string[] = [];
  let at = from;
  while (at < value.length) {
    const rest = value.slice(at);
    const separator = /^;(?:[ \t\n\r]+|$)/.exec(rest);
    if (separator !== null) return { argv, next: at + separator[0].length };
    const escaped = /^\\;(?:[ \t\n\r]+|$)/.exec(rest);
    if (escaped !== null) {
      argv.push(';');
      at += escaped[0].length;
      continue;
    }
    const word = nextCommandWord(value, at);
    if (word === 'invalid') return null;
    if (word === null) break;
    argv.push(expand(word.text));
    at = word.next;
  }
  return { argv, next: value.length };
}

/** `//usr/./bin` → `/usr/bin`, as path_simplify() does. */
export function simplifyPath(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return (path.startsWith('/') ? '/' : '') + parts.join('/');
}

/**
 * Replaces variables in a command's arguments as systemd does: `${NAME}` anywhere, `$NAME` as a word of
 * its own, which may become several words or none, `$$` as a dollar.
 *
 * @param lookup - `undefined`: it is not known and stays as it is written
 */
export function replaceVariables(
  argv: readonly string[],
  lookup: (name: string) => string | undefined,
): string[] {
  return argv.flatMap((argument) => {
    const alone = /^\$([A-Za-z_][A-Za-z0-9_]*)$/.exec(argument)?.[1];
    if (alone !== undefined) {
      const value = lookup(alone);
      if (value === undefined) return [argument];
      return words(value) ?? value.split(/\s+/).filter(Boolean);
    }
    return argument.replace(/\$(?:\$|\{([A-Za-z_][A-Za-z0-9_]*)\})/g, (whole, name?: string) =>
      name === undefined ? '$' : (lookup(name) ?? whole),
    );
  });
}
