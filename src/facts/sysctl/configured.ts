import { defineFact } from '../../engine/fact.ts';
import type { Evidence } from '../../host/evidence.ts';
import { known } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';

/** A line that sets a kernel setting, or (`value` null) takes it out of a pattern's reach. */
export interface SysctlLine {
  /** As a path below /proc/sys: `net/ipv4/conf/all/rp_filter`; patterns as in glob(7). */
  readonly path: string;
  readonly value: string | null;
  readonly source: string;
  readonly line: number;
}

/** What boot sets, in the order in which it is applied. */
export interface ConfiguredSysctl {
  /** By systemd-sysctl. */
  readonly lines: readonly SysctlLine[];
  /** By ufw afterwards, when it is enabled. */
  readonly later: readonly SysctlLine[];
}

/** Earlier directories mask files of the same name in later ones; see sysctl.d(5). */
const directories = [
  '/etc/sysctl.d',
  '/run/sysctl.d',
  '/usr/local/lib/sysctl.d',
  '/usr/lib/sysctl.d',
  '/lib/sysctl.d',
];

/**
 * The kernel settings that boot will make. /etc/sysctl.conf is not read by itself: it counts through
 * the link /etc/sysctl.d/99-sysctl.conf where a distribution has it.
 */
export const configuredSysctlFact = defineFact<ConfiguredSysctl>({
  id: 'sysctl-configured',
  gather: async (host) => {
    const lists = await Promise.all(directories.map((directory) => host.list(directory)));
    const unseen = lists.find(({ state }) => state === 'unknown');
    if (unseen?.state === 'unknown') return unseen;
    const paths = new Map<string, string>();
    for (const [index, directory] of directories.entries()) {
      const list = lists[index];
      for (const name of (list?.state === 'known' ? list.value : null) ?? []) {
        if (name.endsWith('.conf') && !paths.has(name)) paths.set(name, `${directory}/${name}`);
      }
    }
    const sorted = [...paths].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path);
    const texts = await Promise.all(sorted.map((path) => readOrMasked(host, path)));
    const unread = texts.find(({ state }) => state === 'unknown');
    if (unread?.state === 'unknown') return unread;
    const lines = texts.flatMap((text) =>
      text.state === 'known' ? parseSysctl(text.value ?? '', text.source) : [],
    );
    const later = await ofUfw(host);
    if (later.state === 'unknown') return later;
    return known({ lines: inOrder(lines), later: later.value }, '/etc/sysctl.d');
  },
});

/** A link to /dev/null switches a file off. */
async function readOrMasked(host: Host, path: string): Promise<Evidence<string | null>> {
  const link = await host.readlink(path);
  return link.state === 'known' && link.value === '/dev/null' ? known('', path) : host.read(path);
}

/** ufw loads a file of its own when it starts; see ufw-framework(8). */
async function ofUfw(host: Host): Promise<Evidence<readonly SysctlLine[]>> {
  const path = '/etc/ufw/sysctl.conf';
  const [switched, text] = await Promise.all([host.read('/etc/ufw/ufw.conf'), host.read(path)]);
  if (switched.state === 'unknown') return switched;
  if (!/^ENABLED=["']?yes["']?\s*$/im.test(switched.value ?? '')) return known([], path);
  return text.state === 'unknown' ? text : known(parseSysctl(text.value ?? '', path), path);
}

/** Reads `key = value` lines: `-` before a key ignores failure, and alone leaves the key out. */
export function parseSysctl(text: string, source: string): readonly SysctlLine[] {
  const lines: SysctlLine[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
    const at = line.indexOf('=');
    if (at === -1 && !line.startsWith('-')) continue;
    const written = (at === -1 ? line : line.slice(0, at)).replace(/^-/, '').trim();
    const value = at === -1 ? null : line.slice(at + 1).trim();
    lines.push({ path: pathOf(written), value, source, line: index + 1 });
  }
  return lines;
}

/** The first separator tells which one parts the key; the other is then part of a name (`eth0.100`). */
export function pathOf(key: string): string {
  const first = /[./]/.exec(key)?.[0];
  if (first !== '.') return key;
  return key.replace(/[./]/g, (separator) => (separator === '.' ? '/' : '.'));
}

/** A key that is set again moves to the end, unless to the same value: systemd-sysctl.c, parse_file. */
function inOrder(lines: readonly SysctlLine[]): readonly SysctlLine[] {
  const options = new Map<string, SysctlLine>();
  for (const line of lines) {
    if (options.get(line.path)?.value === line.value) continue;
    options.delete(line.path);
    options.set(line.path, line);
  }
  return [...options.values()];
}

/**
 * What boot will set a key to, and by which line; `null` when nothing does.
 *
 * An explicit key beats every pattern, also one that is read later; of patterns the last one counts.
 */
export function configuredValue(
  { lines, later }: ConfiguredSysctl,
  key: string,
): (SysctlLine & { readonly value: string }) | null {
  const path = pathOf(key);
  const explicit = (each: SysctlLine) => each.path === path;
  const patterns = lines.filter((each) => isPattern(each.path) && matchesPattern(each.path, path));
  const found = later.findLast(explicit) ?? lines.find(explicit) ?? patterns.at(-1);
  return found === undefined || found.value === null ? null : { ...found, value: found.value };
}

function isPattern(path: string): boolean {
  return /[*?[]/.test(path);
}

/** glob(7), part by part: `*` never spans a slash. */
function matchesPattern(pattern: string, path: string): boolean {
  const [patterns, parts] = [pattern.split('/'), path.split('/')];
  return (
    patterns.length === parts.length && patterns.every((each, index) => matchesPart(each, parts[index] ?? ''))
  );
}

function matchesPart(pattern: string, part: string): boolean {
  if (pattern === '*' || pattern === part) return true;
  // A hostile pattern must not cost time: no interface needs more.
  if (pattern.length > 64 || pattern.split('*').length > 4) return false;
  const source = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
    .replaceAll('[!', '[^');
  try {
    return new RegExp(`^${source}$`).test(part);
  } catch {
    return false;
  }
}
