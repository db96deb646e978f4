import type { Citation } from '../../engine/check.ts';
import { bansOf } from './bans.ts';
import { parseActions } from './action.ts';
import { secondsOf } from './duration.ts';
import type { Ini, IniError } from './ini.ts';
import { strip } from './ini.ts';
import { resolveOption } from './interpolate.ts';
import type { Jail, JailSetting } from './jail.ts';
import { parsePorts } from './ports.ts';

/** What else a jail's meaning depends on. */
export interface Surroundings {
  /** File names in filter.d and action.d; `null` when they are not at hand (a project). */
  readonly filters: readonly string[] | null;
  readonly actions: readonly string[] | null;
  /** Ports by service name. */
  readonly services: ReadonlyMap<string, number>;
  /**
   * The files are drop-ins without the jail.conf below them (a project): what they do not say is not
   * off, and what they refer to may stand there.
   */
  readonly fragment: boolean;
}

export type Jails =
  | { readonly ok: true; readonly jails: readonly Jail[] }
  /** A reference that leads nowhere: fail2ban does not start over it. */
  | { readonly ok: false; readonly error: IniError };

/** An option filled in, and where it stands. */
interface Value {
  readonly text: string;
  readonly citation: Citation;
}

/** A value that cannot be filled in ends the whole configuration, as it does for fail2ban. */
class Unresolvable extends Error {
  readonly at: IniError;
  constructor(at: IniError) {
    super(at.reason);
    this.at = at;
  }
}

/** Every jail of a merged configuration, enabled or not, in fail2ban's order. */
export function jailsOf(ini: Ini, surroundings: Surroundings): Jails {
  try {
    const names = [...ini.sections.keys()].filter(
      (name) => name !== 'INCLUDES' && !name.startsWith('KNOWN/'),
    );
    return { ok: true, jails: names.map((name) => jailOf(ini, name, surroundings)) };
  } catch (error) {
    if (error instanceof Unresolvable) return { ok: false, error: error.at };
    throw error;
  }
}

function jailOf(ini: Ini, name: string, surroundings: Surroundings): Jail {
  const get = (option: string) => valueOf(ini, name, option, surroundings.fragment);
  const on = get('enabled');
  const enabled = isTrue(on.text) || (surroundings.fragment && on.text === '');
  const backend = get('backend').text;
  const filter = get('filter').text;
  const badFilter = enabled ? filterProblem(filter, surroundings.filters) : null;
  // What a jail that is off or skipped refers to is never looked at.
  const used = enabled && badFilter === null;
  const read = used ? get : () => ({ text: '', citation: on.citation });
  const action = read('action').text;
  return {
    name,
    enabled,
    running: null,
    problem: badFilter ?? actionProblem(action, surroundings.actions),
    filter: filterName(filter),
    backend: backend || 'auto',
    enabledBy: on.citation,
    maxRetry: numberOf(read('maxretry'), 3, wholeNumber),
    findTime: numberOf(read('findtime'), 600, secondsOf),
    banTime: numberOf(read('bantime'), 600, secondsOf),
    increment: isTrue(read('bantime.increment').text),
    ignored: ignoredOf(read('ignoreip')),
    logPaths: logPathsOf(read('logpath').text),
    ports: parsePorts(read('port').text, surroundings.services),
    bans: bansOf(action, surroundings.services),
  };
}

/** An option's value; empty when it is not set. */
function valueOf(ini: Ini, section: string, name: string, fragment: boolean): Value {
  const resolved = resolveOption(ini, section, name);
  if (resolved === null) {
    return { text: '', citation: { source: 'fail2ban', line: null, excerpt: `${name} is not set` } };
  }
  const { source, line, value } = resolved.option;
  if (!resolved.ok && !fragment) throw new Unresolvable({ source, line, reason: resolved.reason });
  const text = resolved.ok ? resolved.value : value;
  return { text, citation: { source, line, excerpt: `${name} = ${value}` } };
}

function isTrue(text: string): boolean {
  return ['1', 'on', 'true', 'yes'].includes(text.toLowerCase());
}

/** Python's int(). */
export function wholeNumber(text: string): number | null {
  const digits = strip(text);
  return /^[-+]?\d+(?:_\d+)*$/.test(digits) ? Number(digits.replaceAll('_', '')) : null;
}

/** @param otherwise - what the server uses when nothing is set */
function numberOf(
  { text, citation }: Value,
  otherwise: number,
  parse: (text: string) => number | null,
): JailSetting<number | null> {
  return { value: text === '' ? otherwise : parse(text), citation };
}

function ignoredOf({ text, citation }: Value): JailSetting<readonly string[]> {
  return {
    value: text
      .split(/[ ,\n]+/)
      .map(strip)
      .filter(Boolean),
    citation,
  };
}

/** The paths, without `head` or `tail`; jailreader.py splits at the last blank. */
function logPathsOf(text: string): readonly string[] {
  const lines = text.split('\n').filter(Boolean);
  return lines.map((line) => (line.includes(' ') ? line.slice(0, line.lastIndexOf(' ')) : line));
}

function filterName(filter: string): string {
  return filter.replace(/\[[^]*$/, '');
}

function filterProblem(filter: string, files: Surroundings['filters']): string | null {
  if (filter === '') return null;
  if (!/^[^[]+(?:\[[^]*\])?\s*$/.test(filter))
    return `its filter ${filter} is not written as fail2ban reads it`;
  const name = filterName(filter);
  return isThere(files, name) ? null : `its filter ${name} does not exist`;
}

function actionProblem(action: string, files: Surroundings['actions']): string | null {
  const missing = parseActions(action).find(({ name }) => !name.endsWith('.py') && !isThere(files, name));
  return missing === undefined ? null : `its action ${missing.name} does not exist`;
}

function isThere(files: readonly string[] | null, name: string): boolean {
  return (
    files === null || name.includes('/') || files.includes(`${name}.conf`) || files.includes(`${name}.local`)
  );
}
