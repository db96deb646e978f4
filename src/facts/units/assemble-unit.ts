import type { Unknown } from '../../host/evidence.ts';
import { unknown } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';
import { parseEnvironment, parseEnvironmentFile } from './environment.ts';
import { parseExecLine, replaceVariables } from './exec-line.ts';
import type { LoadedUnit } from './load-unit.ts';
import type { ManagerDefaults, SourcedAssignment } from './settings.ts';
import { serviceSettings } from './settings.ts';
import type { Machine } from './specifiers.ts';
import { expandSpecifiers } from './specifiers.ts';
import type { ExecCommand, Unit, UnitSetting } from './unit.ts';
import { defaultSlice } from './unit-name.ts';
import { parseBoolean } from './values.ts';
import { words } from './words.ts';

/** A unit as its files alone say, before the running manager is asked. */
export type FileUnit = Pick<
  Unit,
  | 'name'
  | 'aliases'
  | 'files'
  | 'settings'
  | 'environment'
  | 'environmentFiles'
  | 'execStart'
  | 'unread'
  | 'unreadable'
  | 'unseen'
>;

/** What a unit's values depend on beside its own files. */
export interface Surroundings {
  readonly machine: Machine;
  readonly defaults: ManagerDefaults;
}

/** Merges a unit's files into what systemd will run. */
export async function assembleUnit(
  host: Host,
  loaded: LoadedUnit,
  { machine, defaults }: Surroundings,
): Promise<FileUnit> {
  const expand = (text: string) => expandSpecifiers(text, loaded, machine);
  const service = untilRefused(
    loaded.assignments.filter(({ section }) => section === 'Service'),
    expand,
  );
  const files = await readEnvironmentFiles(host, service, expand);
  const environment = environmentOf(service, expand, files.variables);
  const isWhole = files.unread.length === 0;
  const lookup = (name: string) =>
    Object.hasOwn(environment, name)
      ? environment[name]?.value
      : isWhole && !setByManager.test(name)
        ? ''
        : undefined;
  const settings = serviceSettings(loaded.name, service, expand, defaults, loaded.fragment ?? loaded.name);
  return {
    name: loaded.name,
    aliases: loaded.aliases,
    files: loaded.files,
    settings: withSlice(loaded.name, settings),
    environment,
    environmentFiles: files.read,
    execStart: commandsOf(service, expand).map((command) =>
      command.prefixes.includes(':') ? command : { ...command, argv: replaceVariables(command.argv, lookup) },
    ),
    unread: [...loaded.unread, ...files.unread],
    unreadable: files.unreadable,
    unseen: loaded.unread.length === 0 ? null : `${loaded.unread.join(', ')} could not be read`,
  };
}

/** systemd.exec(5), "Environment Variables Set or Propagated by the Service Manager". */
const setByManager =
  /^(?:PATH|LANG|USER|LOGNAME|HOME|SHELL|XDG_\w+|INVOCATION_ID|NOTIFY_SOCKET|[A-Z]+_DIRECTORY)$/;

/** What systemd reads of each file: up to a line that it takes for fatal. */
function untilRefused(
  assignments: readonly SourcedAssignment[],
  expand: (text: string) => string,
): SourcedAssignment[] {
  const refused = new Set<string>();
  return assignments.filter(({ key, value, source }) => {
    const isFatal =
      (key === 'DynamicUser' && parseBoolean(value) === null) ||
      (key === 'ExecStart' && parseExecLine(value, expand) === null);
    if (isFatal) refused.add(source);
    return !refused.has(source);
  });
}

function withSlice(name: string, settings: Unit['settings']): Unit['settings'] {
  const { Slice } = settings;
  if (Slice?.value !== '') return settings;
  return { ...settings, Slice: { ...Slice, value: defaultSlice(name) } };
}

/** Commands before variables are replaced; an empty ExecStart= clears those before it. */
function commandsOf(
  assignments: readonly SourcedAssignment[],
  expand: (text: string) => string,
): ExecCommand[] {
  let commands: ExecCommand[] = [];
  for (const { key, value, source, line } of assignments) {
    if (key !== 'ExecStart') continue;
    if (value === '') commands = [];
    const citation = { source, line, excerpt: `ExecStart=${value}` };
    const parsed = parseExecLine(value, expand) ?? [];
    commands.push(...parsed.map((command) => ({ ...command, citation })));
  }
  return commands;
}

interface FileVariable extends UnitSetting {
  readonly name: string;
}

/** Environment= lines, then the files, which win; UnsetEnvironment= last. See systemd.exec(5). */
function environmentOf(
  assignments: readonly SourcedAssignment[],
  expand: (text: string) => string,
  fromFiles: readonly FileVariable[],
): Record<string, UnitSetting> {
  let own = new Map<string, UnitSetting>();
  let removed: string[] = [];
  for (const { key, value, source, line } of assignments) {
    if (key === 'Environment') {
      if (value === '') own = new Map();
      for (const variable of parseEnvironment(value, line, expand)) {
        own.set(variable.name, { value: variable.value, source, line });
      }
    } else if (key === 'UnsetEnvironment') {
      removed = value === '' ? [] : [...removed, ...(words(value) ?? []).map(expand)];
    }
  }
  for (const { name, ...setting } of fromFiles) own.set(name, setting);
  return Object.fromEntries(
    [...own].filter(([name, { value }]) => !removed.includes(name) && !removed.includes(`${name}=${value}`)),
  );
}

interface EnvironmentFiles {
  readonly variables: readonly FileVariable[];
  readonly read: readonly string[];
  readonly unread: readonly string[];
  /** Sentences: why files were not read that are not simply closed to the audit. */
  readonly unreadable: readonly string[];
}

async function readEnvironmentFiles(
  host: Host,
  assignments: readonly SourcedAssignment[],
  expand: (text: string) => string,
): Promise<EnvironmentFiles> {
  let paths: string[] = [];
  for (const { key, value } of assignments) {
    if (key !== 'EnvironmentFile') continue;
    const path = expand(value.replace(/^-/, ''));
    if (value === '') paths = [];
    else if (path.startsWith('/')) paths.push(path);
  }
  const matched = await Promise.all(paths.map((path) => matchPath(host, path)));
  const [variables, read, unread]: [FileVariable[], string[], string[]] = [[], [], []];
  const unreadable: string[] = [];
  for (const match of matched.flat()) {
    const path = typeof match === 'string' ? match : match.source;
    const evidence = typeof match === 'string' ? await host.read(match) : match;
    if (evidence.state === 'unknown') {
      unread.push(path);
      if (evidence.why !== 'denied') unreadable.push(evidence.detail);
    } else if (evidence.value !== null) {
      read.push(path);
      const found = parseEnvironmentFile(evidence.value);
      variables.push(...found.map(({ name, value, line }) => ({ name, value, source: path, line })));
    }
  }
  return { variables, read, unread, unreadable };
}

/** EnvironmentFile= takes patterns; one in a directory's name is not followed. */
async function matchPath(host: Host, path: string): Promise<(string | Unknown)[]> {
  if (!/[*?[]/.test(path)) return [path];
  const at = path.lastIndexOf('/');
  const directory = path.slice(0, at);
  const listed = await host.list(directory === '' ? '/' : directory);
  const unfollowed = unknown('unsupported', `the files that ${path} matches were not read`, path);
  if (/[*?[]/.test(directory)) return [unfollowed];
  // Not even who may read the files can be told of a directory that may not be listed.
  if (listed.state === 'unknown') return [unfollowed];
  const pattern = path
    .slice(at + 1)
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
    .replaceAll('[!', '[^');
  try {
    const matches = new RegExp(`^${pattern}$`);
    return (listed.value ?? [])
      .filter((name) => matches.test(name) && !name.startsWith('.'))
      .map((name) => `${directory}/${name}`);
  } catch {
    return [unfollowed];
  }
}
