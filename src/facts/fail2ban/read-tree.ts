import type { Host } from '../../host/host.ts';
import type { Unknown } from '../../host/evidence.ts';
import type { Ini, IniError, IniOption, IniSection } from './ini.ts';
import { parseIni } from './ini.ts';
import { resolveOption } from './interpolate.ts';

/** Files of one directory merged as fail2ban merges them. */
export type Tree =
  | { readonly state: 'merged'; readonly ini: Ini; readonly files: readonly string[] }
  /** fail2ban itself refuses to start over this. */
  | { readonly state: 'invalid'; readonly error: IniError }
  /** A file that may not be read: nothing can be said of the whole. */
  | { readonly state: 'unread'; readonly unread: Unknown };

/** More files, or includes deeper than this, are no configuration but a trap; fail2ban runs out of stack. */
const limits = { files: 400, depth: 50 };

/** Ends the reading: an unreadable or invalid file decides for the whole tree. */
class Stop extends Error {
  readonly tree: Tree;
  constructor(tree: Tree) {
    super(tree.state);
    this.tree = tree;
  }
}

interface Reading {
  readonly host: Host;
  readonly parsed: Map<string, Ini | null>;
  /** Lists that were expanded before: fail2ban keeps them too, which decides how circles end. */
  readonly expanded: Map<string, readonly string[]>;
  count: number;
}

/**
 * Reads `jail.conf` < `jail.d/*.conf` < `jail.local` < `jail.d/*.local`, each with its includes, as
 * configreader.py and configparserinc.py do.
 *
 * @param directory - `/etc/fail2ban`
 */
export async function readTree(host: Host, directory: string): Promise<Tree> {
  const reading: Reading = { host, parsed: new Map(), expanded: new Map(), count: 0 };
  try {
    const dropIns = await host.list(`${directory}/jail.d`);
    if (dropIns.state === 'unknown') return { state: 'unread', unread: dropIns };
    const inDirectory = (ending: string) =>
      (dropIns.value ?? [])
        .filter((name) => name.endsWith(ending) && !name.startsWith('.'))
        .map((name) => `${directory}/jail.d/${name}`);
    const candidates = [
      `${directory}/jail.conf`,
      ...inDirectory('.conf'),
      `${directory}/jail.local`,
      ...inDirectory('.local'),
    ];
    const texts = await Promise.all(candidates.map((path) => host.read(path)));
    const present = candidates.filter(
      (_, index) => texts[index]?.state === 'unknown' || textOf(texts[index]) !== null,
    );
    const files = await withIncludes(reading, present, []);
    return { state: 'merged', ini: await merge(reading, files), files };
  } catch (error) {
    if (error instanceof Stop) return error.tree;
    throw error;
  }
}

function textOf(evidence: Awaited<ReturnType<Host['read']>> | undefined): string | null {
  return evidence?.state === 'known' ? evidence.value : null;
}

/** @returns `null` when there is no such file, or it is not UTF-8 and fail2ban skips it */
async function parsed(reading: Reading, path: string): Promise<Ini | null> {
  const before = reading.parsed.get(path);
  if (before !== undefined) return before;
  const evidence = await reading.host.read(path);
  if (evidence.state === 'unknown') throw new Stop({ state: 'unread', unread: evidence });
  const text = evidence.value;
  let ini: Ini | null = null;
  if (text !== null && !text.includes('\uFFFD')) {
    const result = parseIni(text, path);
    if (!result.ok) throw new Stop({ state: 'invalid', error: result.error });
    ini = result.ini;
  }
  reading.parsed.set(path, ini);
  return ini;
}

async function withIncludes(
  reading: Reading,
  paths: readonly string[],
  seen: readonly string[],
): Promise<readonly string[]> {
  if (seen.length > limits.depth) throw tooMuch(paths[0], 'includes itself without end');
  const files: string[] = [];
  for (const path of paths) {
    files.push(path);
    const local = `${withoutExtension(path)}.local`;
    if (!paths.includes(local) && (await exists(reading, local))) files.push(local);
  }
  const key = files.join('\n');
  const before = reading.expanded.get(key);
  if (before !== undefined) return before;
  const expanded: string[] = [];
  for (const file of files) expanded.push(...(await includesOf(reading, file, seen)));
  reading.count += expanded.length;
  if (reading.count > limits.files) throw tooMuch(paths[0], 'includes too many files');
  reading.expanded.set(key, expanded);
  return expanded;
}

function tooMuch(source: string | undefined, reason: string): Stop {
  return new Stop({ state: 'invalid', error: { source: source ?? '', line: 1, reason } });
}

async function exists(reading: Reading, path: string): Promise<boolean> {
  const stat = await reading.host.stat(path);
  if (stat.state === 'unknown') throw new Stop({ state: 'unread', unread: stat });
  return stat.value?.type === 'file';
}

/** `os.path.splitext`: a leading dot starts no extension. */
function withoutExtension(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return /^\.*$/.test(name.slice(0, Math.max(dot, 0)))
    ? path
    : path.slice(0, path.length - name.length + dot);
}

async function includesOf(
  reading: Reading,
  file: string,
  seen: readonly string[],
): Promise<readonly string[]> {
  if (file.endsWith('/')) return [];
  const ini = await parsed(reading, file);
  if (ini === null) return [];
  const included = async (option: string) => {
    const resolved = ini.sections.has('INCLUDES') ? resolveOption(ini, 'INCLUDES', option) : null;
    if (resolved === null) return [];
    if (!resolved.ok) {
      const { source, line } = resolved.option;
      throw new Stop({ state: 'invalid', error: { source, line, reason: resolved.reason } });
    }
    const paths: string[] = [];
    for (const name of resolved.value.split('\n')) {
      const path = name.startsWith('/') ? name : file.slice(0, file.lastIndexOf('/') + 1) + name;
      if (!seen.includes(path)) paths.push(...(await withIncludes(reading, [path], [...seen, file])));
    }
    return paths;
  };
  return [...(await included('before')), file, ...(await included('after'))];
}

async function merge(reading: Reading, files: readonly string[]): Promise<Ini> {
  const merged: Ini = { defaults: new Map(), sections: new Map() };
  for (const file of files) {
    const ini = await parsed(reading, file);
    if (ini === null) continue;
    for (const [name, option] of ini.defaults) merged.defaults.set(name, option);
    for (const [written, section] of ini.sections) mergeSection(merged, written, section);
  }
  return merged;
}

/** Options of `[name?condition]` join `[name]` with the condition on their names. */
function mergeSection(merged: Ini, written: string, section: IniSection): void {
  const [, name = written, condition = ''] = /^(\w+)(\?.+)$/.exec(written) ?? [];
  const options = new Map([...section].map(([key, option]) => [key + condition, option]));
  const before = merged.sections.get(name);
  if (before === undefined) {
    merged.sections.set(name, options);
    return;
  }
  const known: IniSection = merged.sections.get(`KNOWN/${name}`) ?? new Map<string, IniOption>();
  merged.sections.set(`KNOWN/${name}`, known);
  for (const [key, option] of before) if (options.has(key)) known.set(key, option);
  for (const [key, option] of options) before.set(key, option);
}
