import type { Citation } from '../../engine/check.ts';
import { isWellKnown } from '../../host/mask.ts';
import type { AiService } from './ai-services.ts';
import { flagValue, isWholeCommand, isWholeEnvironment, programArguments } from './command-line.ts';
import type { Condition, Match, Setting } from './catalogue.ts';
import { appliesElsewhere } from './elsewhere.ts';
import { placeOf } from '../workloads/cite.ts';
import type { Workload } from '../workloads/workload.ts';

/**
 * The value of a setting as a service runs with it: `null` where it is known to be absent, so that the
 * product's own default holds; unknown where it may be made in a place that was not seen.
 */
export type SettingValue =
  | { readonly state: 'known'; readonly value: string | null; readonly citation: Citation }
  | { readonly state: 'unknown'; readonly because: string; readonly citation: Citation };

/** Looks a setting up in the arguments, or the environment, of a service. */
export function settingOf(service: AiService, setting: Setting): SettingValue {
  const written = writtenValue(service, setting);
  if (written !== null) return resolve(service, setting, written);
  const because = hidingPlace(service, setting);
  const citation = citationOf(service, setting, null);
  return because === null
    ? { state: 'known', value: null, citation }
    : { state: 'unknown', because, citation };
}

/**
 * Whether a value is one that counts; for the meaning of each form see the catalogue's schema.
 *
 * @param value - `null` is absent
 * @param kind - a bare flag is a yes, an empty variable is not
 */
export function matches(match: Match, value: string | null, kind: Setting['kind'] = 'env'): boolean {
  if ('absent' in match) return value === null;
  const clean = value === null ? '' : cleanValue(value);
  if ('unset' in match) return clean === '';
  if (value === null) return false;
  if ('present' in match) return true;
  if ('empty' in match) return clean === '';
  if ('set' in match) return clean !== '';
  if ('truthy' in match) return clean === '' ? kind === 'flag' : yes.has(clean);
  if ('falsy' in match) return no.has(clean);
  if ('wellKnown' in match) return isWellKnown(clean);
  if ('oneOf' in match) return match.oneOf.some((each) => each.toLowerCase() === clean);
  return new RegExp(`^(?:${match.matches})$`, 'is').test(unquoted(value));
}

/** Whether a condition holds, or why that cannot be told. */
export function conditionOf(
  service: AiService,
  { setting, when }: Condition,
): SettingValue & { holds: boolean } {
  const value = settingOf(service, setting);
  return { ...value, holds: value.state === 'known' && matches(when, value.value, setting.kind) };
}

const yes = new Set(['1', 't', 'true', 'y', 'yes', 'on']);
const no = new Set(['0', 'f', 'false', 'n', 'no', 'off']);

function cleanValue(value: string): string {
  return unquoted(value).toLowerCase();
}

/** Quotes survive in `docker run --env-file` and some unit files; the products strip or ignore them. */
function unquoted(value: string): string {
  const trimmed = value.trim();
  const inner = /^(["'])(.*)\1$/s.exec(trimmed)?.[2];
  return (inner ?? trimmed).trim();
}

function writtenValue(service: AiService, { kind, name }: Setting): string | null {
  if (kind === 'file') return null;
  if (kind === 'flag') return flagValue(programArguments(service), name);
  return Object.hasOwn(service.environment, name) ? (service.environment[name] ?? null) : null;
}

/** Follows a value that is a variable, `$KEY` or `${KEY}`, to where that is set. */
function resolve(service: AiService, setting: Setting, written: string): SettingValue {
  const citation = citationOf(service, setting, written);
  const variable = /^\s*["']?\$(?:\{([A-Za-z_]\w*)[^}]*\}|([A-Za-z_]\w*))["']?\s*$/.exec(written);
  if (variable === null) return { state: 'known', value: written, citation };
  const name = variable[1] ?? variable[2] ?? '';
  const value = Object.hasOwn(service.environment, name) ? service.environment[name] : undefined;
  if (value !== undefined && name !== setting.name) return { state: 'known', value, citation };
  return {
    state: 'unknown',
    because: `${setting.name} is taken from ${written.trim()}, which was not seen`,
    citation,
  };
}

/** Why an absent setting may be made all the same; `null` when it cannot. */
function hidingPlace(service: AiService, setting: Setting): string | null {
  const { kind, name } = setting;
  if (service.by === 'port')
    return `${service.label} is only guessed by its port; run as root to see what listens`;
  const elsewhere = [...setting.elsewhere, ...service.service.elsewhere];
  if (kind === 'file' && elsewhere.length === 0) return `${name} is kept where it was not read`;
  if (service.unseen !== null) return `${service.unseen}, so ${name} may be set there`;
  if (kind === 'env' ? !isWholeEnvironment(service) : !isWholeCommand(service)) {
    return `${service.argv[0] ?? 'what starts it'} may set ${name}, and was not read`;
  }
  const place = elsewhere.find((each) => appliesElsewhere(service, each));
  return place === undefined ? null : `${place} may set ${name}, and was not read`;
}

/** Whether a setting's value is a credential: it is never shown, whether or not the host masked it. */
export function isSecret({ name }: Setting): boolean {
  return secretName.test(name);
}

const secretName = /key|secret|token|password|passwd|salt|_iv$|auth$/i;

/** The value as it may be printed. */
export function shownValue(setting: Setting, value: string): string {
  const clean = value.trim();
  if (clean === '') return 'empty';
  return isSecret(setting) && !/^(?:true|false|yes|no|on|off|none|[\d*]|<masked.*>)$/i.test(clean)
    ? '<masked>'
    : clean;
}

/** Where a setting is made; where it is absent, where it was looked for. */
function citationOf(service: AiService, setting: Setting, value: string | null): Citation {
  const excerpt = value === null ? null : written(setting, value);
  const { unit, workload, processes } = service;
  const line = setting.kind === 'env' ? unit?.environment[setting.name] : undefined;
  // A line that the running process was not started with does not decide.
  if (line !== undefined && line.value === service.environment[setting.name])
    return { source: line.source, line: line.line, excerpt };
  if (workload !== null) return inWorkload(workload, setting, excerpt);
  const command = unit?.execStart[0]?.citation;
  if (command !== undefined && line === undefined)
    return { source: command.source, line: command.line, excerpt };
  const pid = processes[0]?.pid;
  const file = setting.kind === 'env' ? 'environ' : 'cmdline';
  return { source: pid === undefined ? service.label : `/proc/${String(pid)}/${file}`, line: null, excerpt };
}

/** The line of the file that describes the container, where one does. */
function inWorkload(workload: Workload, { kind, name }: Setting, excerpt: string | null): Citation {
  const place = kind === 'env' ? placeOf(workload, 'environment', name) : placeOf(workload, 'command');
  return place === null
    ? { source: workload.origin, line: null, excerpt }
    : { source: place.file, line: place.line, column: place.column, excerpt };
}

function written(setting: Setting, value: string): string {
  const shown = value.trim() === '' ? '' : shownValue(setting, value);
  return setting.kind === 'flag' && shown === '' ? setting.name : `${setting.name}=${shown}`;
}
