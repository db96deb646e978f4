import { defineFact } from '../../engine/fact.ts';
import type { Evidence, Unknown } from '../../host/evidence.ts';
import { gapsOf, knownInPart, unknown } from '../../host/evidence.ts';
import type { FileStat, Host } from '../../host/host.ts';
import type { Accounts } from '../sshd/accounts.ts';
import { readAccounts } from '../sshd/accounts.ts';
import { isWrapper, shellScript } from './run-arguments.ts';
import type { Unit } from './unit.ts';
import { unitsFact } from './units.ts';
import { uidOf } from './writers.ts';

/** One path that decides what a unit runs, or a directory on the way to it. */
export interface PathAccess {
  readonly path: string;
  readonly role: 'unit file' | 'program' | 'directory';
  /** `null`: there is nothing at this path. */
  readonly stat: Evidence<FileStat | null>;
}

export interface FileAccess {
  readonly path: string;
  readonly stat: Evidence<FileStat | null>;
  /** Directories on the way, root first. */
  readonly directories: readonly PathAccess[];
}

/** Who may change what a unit runs, as permission bits say. */
export interface UnitAccess {
  readonly unit: string;
  /** Numeric user that the service runs as; `null` where its account is made at run time or not known. */
  readonly uid: number | null;
  /** Unit files, programs and scripts, and every directory on the way, links followed; each once. */
  readonly paths: readonly PathAccess[];
  readonly environmentFiles: readonly FileAccess[];
}

export interface Access {
  readonly units: readonly UnitAccess[];
  readonly accounts: Accounts;
}

/** Owners and modes of everything that decides what known units run. Access control lists are not read. */
export const unitAccessFact = defineFact<Access>({
  id: 'unit-access',
  gather: async (host, read) => {
    if (host.origin.kind === 'project') {
      return unknown('unsupported', 'the modes of files in a repository are not those of a host', 'project');
    }
    const units = await read(unitsFact);
    if (units.state === 'unknown') return units;
    const accounts = await readAccounts(host);
    const look = pathReader(host);
    const found = await Promise.all(units.value.map((unit) => accessOf(unit, accounts, look)));
    return knownInPart({ units: found, accounts }, units.source, gapsOf(units));
  },
});

type Look = (path: string) => Promise<FileAccess>;

async function accessOf(unit: Unit, accounts: Accounts, look: Look): Promise<UnitAccess> {
  const [files, programs, environmentFiles] = await Promise.all([
    Promise.all(unit.files.map(look)),
    Promise.all(programsOf(unit).map(look)),
    Promise.all(unit.environmentFiles.map(look)),
  ]);
  const user = unit.settings.User?.value ?? '';
  const all: PathAccess[] = [
    ...[...files, ...programs].flatMap(({ directories }) => directories),
    ...files.map(({ path, stat }) => ({ path, stat, role: 'unit file' as const })),
    ...programs.map(({ path, stat }) => ({ path, stat, role: 'program' as const })),
  ];
  return {
    unit: unit.name,
    uid: user === '' ? 0 : uidOf(accounts, user),
    paths: [...new Map(all.map((access) => [access.path, access])).values()],
    environmentFiles,
  };
}

/** Programs and scripts of a unit by absolute path. */
function programsOf({ execStart, settings }: Unit): string[] {
  const directory = (settings.WorkingDirectory?.value ?? '').replace(/^[-!]/, '');
  const paths = execStart.flatMap(({ path, argv }) => programsIn([path, ...argv.slice(1)], directory));
  return [...new Set(paths)].filter((path) => path.startsWith('/'));
}

/** A command's program; behind a shell, a wrapper or an interpreter also what that runs. */
function programsIn(argv: readonly string[], directory: string): string[] {
  const [program = '', ...rest] = argv;
  const script = shellScript(argv);
  if (script !== null) return [program, ...script.flatMap((command) => programsIn(command, directory))];
  const isValue = (word: string) => /^(?:-.*|\d+|[^/]*=.*)$/.test(word);
  const at = rest.findIndex((word) => !isValue(word));
  const inner = rest[at];
  if (inner === undefined) return [program];
  if (isWrapper(program)) return [program, ...programsIn(rest.slice(at), directory)];
  // `-m` and `-c` name no file.
  if (!interpreter.test(program) || rest.slice(0, at).some((word) => /^-[mc]/.test(word))) return [program];
  return [program, inner.startsWith('/') ? inner : `${directory}/${inner}`];
}

const interpreter = /(?:^|\/)(?:python|pypy|node|bun|deno|ruby|perl|bash|sh|dash)[\d.]*$/;

const mostLinks = 40;

/** Follows links part by part and notes every directory on the way; each path is asked about once. */
function pathReader(host: Host): Look {
  const stats = new Map<string, Promise<Evidence<FileStat | null>>>();
  const links = new Map<string, Promise<Evidence<string | null>>>();
  const ask = <T>(of: Map<string, Promise<T>>, path: string, question: () => Promise<T>): Promise<T> => {
    const asked = of.get(path) ?? question();
    of.set(path, asked);
    return asked;
  };
  const statOf = (path: string) => ask(stats, path, () => host.stat(path));
  return async (path) => {
    const directories = new Map<string, PathAccess>();
    let pending = path.split('/').filter(Boolean);
    let at = '';
    let unfollowed: Unknown | null = null;
    for (let followed = 0; pending.length > 0;) {
      const directory = at === '' ? '/' : at;
      directories.set(directory, { path: directory, role: 'directory', stat: await statOf(directory) });
      const [part = '', ...rest] = pending;
      pending = rest;
      if (part === '.') continue;
      if (part === '..') {
        at = at.slice(0, Math.max(0, at.lastIndexOf('/')));
        continue;
      }
      const next = `${at}/${part}`;
      const link = await ask(links, next, () => host.readlink(next));
      // Where a link cannot be read, what lies behind it was not looked at.
      if (link.state === 'unknown') unfollowed ??= link;
      const target = link.state === 'known' ? link.value : null;
      if (target === null || followed === mostLinks) {
        at = next;
        continue;
      }
      followed += 1;
      pending = [...target.split('/').filter(Boolean), ...pending];
      if (target.startsWith('/')) at = '';
    }
    return { path: at, stat: unfollowed ?? (await statOf(at)), directories: [...directories.values()] };
  };
}
