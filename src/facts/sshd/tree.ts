import type { Evidence } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';
import { expandGlob } from './glob.ts';
import { canonicalKeyword } from './keywords.ts';
import { splitArguments, splitCriteria, splitKeyword } from './words.ts';

/** One `Match` line; `null` criteria: sshd or this parser does not understand them. */
export interface Condition {
  readonly criteria: readonly Criterion[] | null;
  /** `Match User root` */
  readonly text: string;
  readonly file: string;
  readonly line: number;
}

export interface Criterion {
  /** Lower case: `user`, `group`, `host`, `address`, `localaddress`, `localport`, `rdomain`, `all`. */
  readonly attribute: string;
  readonly pattern: string;
}

/** One line that sets something, in the order in which sshd reads them. */
export interface Directive {
  /** Canonical, lower case. */
  readonly keyword: string;
  /** `null`: a quote is not closed. */
  readonly words: readonly string[] | null;
  readonly rest: string;
  readonly file: string;
  readonly line: number;
  readonly text: string;
  /** Match lines that must all hold; empty in the global part. */
  readonly conditions: readonly Condition[];
}

/** A file that sshd reads and this audit could not. */
export interface UnreadFile {
  readonly path: string;
  readonly detail: string;
  /** How many directives precede it: those it cannot override in the global part. */
  readonly after: number;
}

/** A configuration file with everything that it includes, in place. */
export interface ConfigTree {
  readonly file: string;
  /** `false`: there is no such file. */
  readonly exists: boolean;
  readonly directives: readonly Directive[];
  /** Match lines, those without directives too. */
  readonly blocks: readonly (readonly Condition[])[];
  readonly unread: readonly UnreadFile[];
  /** Files that were read, in order. */
  readonly files: readonly string[];
  /** Directories that an Include pattern searches. */
  readonly directories: readonly string[];
  /** Include arguments of the global part, with the line that holds them. */
  readonly includes: readonly { readonly pattern: string; readonly file: string; readonly line: number }[];
}

/** As servconf.c has it: SERVCONF_MAX_DEPTH; the second bound stops files that include each other. */
const bounds = { depth: 16, files: 256 } as const;

type Place = (path: string) => string;

interface Growing {
  directives: Directive[];
  blocks: (readonly Condition[])[];
  unread: UnreadFile[];
  files: string[];
  directories: Set<string>;
  includes: { pattern: string; file: string; line: number }[];
}

/**
 * Reads a configuration as sshd would.
 *
 * @param place - where a path that is meant for the machine lies: itself there, elsewhere in a project
 */
export async function readConfigTree(
  host: Host,
  file: string,
  place: Place = (path) => path,
): Promise<ConfigTree> {
  const growing: Growing = {
    directives: [],
    blocks: [],
    unread: [],
    files: [],
    directories: new Set(),
    includes: [],
  };
  const text = await host.read(file);
  await addFile(host, place, growing, file, text, [], 0);
  const { directories, ...rest } = growing;
  return {
    ...rest,
    file,
    exists: text.state === 'unknown' || text.value !== null,
    directories: [...directories],
  };
}

async function addFile(
  host: Host,
  place: Place,
  into: Growing,
  file: string,
  text: Evidence<string | null>,
  outer: readonly Condition[],
  depth: number,
): Promise<void> {
  const after = into.directives.length;
  if (text.state === 'unknown') {
    into.unread.push({ path: file, detail: text.detail, after });
    return;
  }
  if (text.value === null) return;
  if (into.files.length >= bounds.files) {
    into.unread.push({ path: file, detail: `${file} includes too many files`, after });
    return;
  }
  into.files.push(file);
  let conditions = outer;
  for (const [index, lineText] of text.value.split('\n').entries()) {
    const split = splitKeyword(lineText);
    if (split === null) continue;
    const keyword = canonicalKeyword(split.keyword);
    const at = { file, line: index + 1, text: lineText.trim() };
    if (keyword === 'match') {
      conditions = [...outer, { ...at, criteria: criteriaOf(split.rest) }];
      into.blocks.push(conditions);
      continue;
    }
    const words = splitArguments(split.rest);
    into.directives.push({ keyword, words, rest: split.rest, ...at, conditions });
    if (keyword === 'include') {
      for (const pattern of words ?? []) {
        if (conditions.length === 0) into.includes.push({ pattern, file, line: at.line });
        await addIncluded(host, place, into, pattern, conditions, depth + 1);
      }
    }
  }
}

async function addIncluded(
  host: Host,
  place: Place,
  into: Growing,
  pattern: string,
  conditions: readonly Condition[],
  depth: number,
): Promise<void> {
  const absolute = place(`${pattern.startsWith('/') ? '' : '/etc/ssh/'}${pattern}`);
  const after = into.directives.length;
  if (depth > bounds.depth) {
    into.unread.push({ path: absolute, detail: `${absolute} is included too deep`, after });
    return;
  }
  const found = await expandGlob(host, absolute);
  for (const directory of found.directories) into.directories.add(directory);
  for (const detail of found.unread) into.unread.push({ path: absolute, detail, after });
  for (const path of found.paths) {
    await addFile(host, place, into, path, await host.read(path), conditions, depth);
  }
}

/** Attributes with one argument each, except `all`, which stands alone. */
export function criteriaOf(rest: string): Criterion[] | null {
  const words = splitCriteria(rest);
  if (words === null || words.length === 0) return null;
  if (words[0]?.toLowerCase() === 'all')
    return words.length === 1 ? [{ attribute: 'all', pattern: '' }] : null;
  const criteria: Criterion[] = [];
  for (let at = 0; at < words.length; at += 2) {
    const [attribute = '', pattern] = [words[at]?.toLowerCase(), words[at + 1]];
    if (pattern === undefined || pattern === '') return null;
    criteria.push({ attribute, pattern });
  }
  return criteria;
}
