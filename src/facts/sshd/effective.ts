import { algorithmsFrom } from './algorithms.ts';
import type { Keyword } from './keywords.ts';
import { everyKeyword } from './keywords.ts';
import type { Connection } from './match.ts';
import { conditionsHold } from './match.ts';
import type { Condition, ConfigTree, Directive } from './tree.ts';
import { formatValue } from './values.ts';

/** One effective option and what decided it. */
export interface SshdOption {
  /** As `sshd -T` prints it; several for keywords that accumulate, none when nothing is set. */
  readonly values: readonly string[];
  /** A file, `sshd -T`, or `default`. */
  readonly source: string;
  readonly line: number | null;
  readonly excerpt: string | null;
}

/** By canonical keyword. An option that is not in the map is not known. */
export type SshdOptions = ReadonlyMap<string, SshdOption>;

export interface Circumstances {
  /** `null`: a connection that no Match block but `Match all` applies to. */
  readonly connection: Connection | null;
  /** The Match lines of a block that is taken to apply although no connection for it is known. */
  readonly assume?: readonly Condition[];
  /** Directives of the command line (`-o`), read before the file. */
  readonly commandLine?: readonly Directive[];
  /** `9.2`; `null` when it is not known: then the defaults of algorithms are not known either. */
  readonly version: string | null;
  /** Only what the file sets: a fragment has no defaults of its own. */
  readonly fragment?: boolean;
}

/** What sshd would do by this configuration; see sshd_config(5). */
export function effectiveOptions(tree: ConfigTree, circumstances: Circumstances): SshdOptions {
  const options = new Map<string, SshdOption>();
  const read = [...(circumstances.commandLine ?? []), ...tree.directives];
  const global = read.filter(({ conditions }) => conditions.length === 0);
  const applying = new Map<string, Directive[]>();
  const unsure = new Set<string>();
  for (const directive of tree.directives) {
    if (directive.conditions.length === 0) continue;
    const holds = applies(directive.conditions, circumstances);
    if (holds === true) add(applying, directive);
    else if (holds === null && !applying.has(directive.keyword)) unsure.add(directive.keyword);
  }
  const globally = new Map<string, Directive[]>();
  for (const directive of global) add(globally, directive);
  for (const [name, keyword] of everyKeyword()) {
    const inMatch = keyword.match ? applying.get(name) : undefined;
    if (unsure.has(name)) continue;
    const lines = inMatch ?? globally.get(name) ?? [];
    if (tree.unread.length > 0 && !settledBefore(lines, keyword, tree)) continue;
    const option = optionFrom(lines, name, keyword, circumstances);
    if (option !== null) options.set(name, option);
  }
  return options;
}

function applies(conditions: readonly Condition[], { connection, assume }: Circumstances): boolean | null {
  const open = conditions.filter((condition) => !(assume ?? []).includes(condition));
  return conditionsHold(open, connection ?? {});
}

function add(lines: Map<string, Directive[]>, directive: Directive): void {
  const before = lines.get(directive.keyword);
  if (before === undefined) lines.set(directive.keyword, [directive]);
  else before.push(directive);
}

/** Whether the deciding line stands before the first unread file. An accumulating keyword is never settled. */
function settledBefore(lines: readonly Directive[], { kind }: Keyword, tree: ConfigTree): boolean {
  const [first] = lines;
  if (first === undefined || kind === 'each' || kind === 'lines' || kind === 'last') return false;
  const at = tree.directives.indexOf(first);
  return at < Math.min(...tree.unread.map(({ after }) => after));
}

/** `null`: the value is not known. */
function optionFrom(
  lines: readonly Directive[],
  name: string,
  keyword: Keyword,
  { version, fragment }: Circumstances,
): SshdOption | null {
  const decided = keyword.kind === 'last' ? lines.at(-1) : lines[0];
  if (decided === undefined) {
    if (fragment) return null;
    const values = defaultOf(name, keyword, version);
    return values === null ? null : { values, source: 'default', line: null, excerpt: null };
  }
  const citation = { source: decided.file, line: decided.line || null, excerpt: decided.text };
  const values = valuesFrom(lines, decided, name, keyword, version);
  return values === null ? null : { values, ...citation };
}

function defaultOf(name: string, keyword: Keyword, version: string | null): readonly string[] | null {
  if (keyword.kind === 'algorithms') {
    const list = algorithmsFrom(name, null, version);
    return list === null ? null : [list];
  }
  return keyword.fallback === null ? (keyword.kind === 'each' ? [] : null) : [keyword.fallback];
}

function valuesFrom(
  lines: readonly Directive[],
  decided: Directive,
  name: string,
  { kind, form }: Keyword,
  version: string | null,
): readonly string[] | null {
  const { words, rest } = decided;
  switch (kind) {
    case 'each':
      return lines.flatMap((line) => line.words ?? []);
    case 'lines':
      return lines.map((line) => (line.words ?? []).join(' '));
    case 'rest':
      return [rest];
    case 'words':
      return words === null || words.length === 0 ? null : [words.join(' ')];
    case 'algorithms': {
      const list = algorithmsFrom(name, words?.[0] ?? null, version);
      return list === null ? null : [list];
    }
    case 'first':
    case 'last': {
      const value = words?.length === 1 ? formatValue(words[0] ?? '', form) : null;
      if (name !== 'maxstartups' || value === null) return value === null ? null : [value];
      return [/^\d+$/.test(value) ? `${value}:30:${value}` : value];
    }
  }
}
