import type { Citation } from '../../engine/check.ts';
import type { Evidence } from '../../host/evidence.ts';
import { unknown } from '../../host/evidence.ts';

/** One effective setting of the engine, by its daemon.json name, and where it was set. */
export interface EngineOption {
  /** As in daemon.json: flags become booleans, numbers stay text when they came from the command line. */
  readonly value: unknown;
  readonly source: string;
  /** `null` for the command line. */
  readonly line: number | null;
  readonly column?: number;
}

export function citeOption({ source, line, column }: EngineOption, excerpt: string): Citation {
  return { source, line, ...(column === undefined ? {} : { column }), excerpt };
}

export type EngineOptions = Readonly<Record<string, EngineOption>>;

/** Flags whose daemon.json name differs: those that may be given more than once. See dockerd(8). */
const lists: Readonly<Record<string, string>> = {
  host: 'hosts',
  'insecure-registry': 'insecure-registries',
  'registry-mirror': 'registry-mirrors',
  'log-opt': 'log-opts',
  'exec-opt': 'exec-opts',
  'storage-opt': 'storage-opts',
  'add-runtime': 'runtimes',
  'authorization-plugin': 'authorization-plugins',
  'default-ulimit': 'default-ulimits',
  label: 'labels',
  dns: 'dns',
};

const listNames = new Set(Object.values(lists));

const booleans = new Set([
  ...['debug', 'experimental', 'icc', 'init', 'ip-forward', 'ip-masq', 'ip6tables', 'iptables', 'ipv6'],
  ...['live-restore', 'no-new-privileges', 'raw-logs', 'selinux-enabled', 'tls', 'tlsverify'],
  ...['userland-proxy', 'validate', 'rootless', 'allow-direct-routing', 'ip-forward-no-drop'],
]);

const short: Readonly<Record<string, string>> = {
  H: 'host',
  G: 'group',
  b: 'bridge',
  l: 'log-level',
  s: 'storage-driver',
  p: 'pidfile',
};

/** Settings of a dockerd command line, program name included. */
export function optionsOfArguments(argv: readonly string[], source: string): EngineOptions {
  const options: Record<string, EngineOption> = {};
  for (let index = 1; index < argv.length; index++) {
    for (const { flag, attached } of flagsOf(argv[index] ?? '')) {
      const next = argv[index + 1] ?? '';
      // What looks like a flag is no value: the flag before it is a switch, known here or not.
      const isSwitch = booleans.has(flag) || (attached === undefined && /^--?[A-Za-z]/.test(next));
      const value = isSwitch ? isOn(attached) : (attached ?? argv[++index] ?? '');
      const name = lists[flag] ?? flag;
      options[name] = {
        value: listNames.has(name) ? appended(options[name]?.value, value) : value,
        source,
        line: null,
      };
    }
  }
  return options;
}

interface Flag {
  /** Long name without dashes. */
  readonly flag: string;
  readonly attached: string | undefined;
}

/** `--host=X`, `--host`, `-H`, `-HX`, `-H=X`, `-DH`: of the short ones only `-D` takes no value. */
function flagsOf(argument: string): Flag[] {
  const [, word, attached] = /^--([A-Za-z][A-Za-z0-9-]*)(?:=([\s\S]*))?$/.exec(argument) ?? [];
  if (word !== undefined) return [{ flag: word, attached }];
  const [, debug = '', letter = '', value = ''] = /^-(D*)(?:([A-CE-Za-z])=?([\s\S]*))?$/.exec(argument) ?? [];
  const flag = short[letter];
  return [
    ...(debug === '' ? [] : [{ flag: 'debug', attached: undefined }]),
    ...(flag === undefined ? [] : [{ flag, attached: value === '' ? undefined : value }]),
  ];
}

/** A flag alone is on. */
function isOn(value: string | undefined): boolean {
  return value === undefined || /^(?:1|t|true)$/i.test(value);
}

function appended(list: unknown, value: string | boolean): unknown[] {
  return [...(Array.isArray(list) ? (list as unknown[]) : []), value];
}

/** Settings of a daemon.json; none when there is no file. */
export function optionsOfFile(text: Evidence<string | null>): Evidence<EngineOptions> {
  if (text.state === 'unknown') return text;
  const { value, source } = text;
  if (value === null || value.trim() === '') return { ...text, value: {} };
  try {
    const json: unknown = JSON.parse(value);
    if (typeof json === 'object' && json !== null && !Array.isArray(json)) {
      const entries = Object.entries(json).map(([key, each]): [string, EngineOption] => [
        key,
        { value: each, source, ...placeOf(value, key) },
      ]);
      return { ...text, value: Object.fromEntries(entries) };
    }
  } catch {
    // said below
  }
  return unknown('unparsable', `${source} is not a JSON object: the engine refuses it too`, source);
}

function placeOf(text: string, key: string): Pick<EngineOption, 'line' | 'column'> {
  const lines = text.split('\n').map((line) => line.indexOf(JSON.stringify(key)));
  const index = lines.findIndex((at) => at !== -1);
  return index === -1 ? { line: null } : { line: index + 1, column: (lines[index] ?? 0) + 1 };
}
