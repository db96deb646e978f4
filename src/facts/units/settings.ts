import type { Settings, UnitSetting } from './unit.ts';
import type { Assignment } from './unit-file.ts';
import { parseUnitName } from './unit-name.ts';
import {
  parseBoolean,
  parseCpuQuota,
  parseMemoryLimit,
  parseResourceLimit,
  parseTasksMax,
} from './values.ts';

/** An assignment and the file that holds it. */
export interface SourcedAssignment extends Assignment {
  readonly source: string;
}

/** What the manager gives to a unit that says nothing; see systemd-system.conf(5). */
export interface ManagerDefaults {
  /** DefaultTasksMax=; `null` when a file that may set it could not be read. */
  readonly tasksMax: UnitSetting | null;
}

interface Given {
  /** The value until now. */
  readonly before: string;
  readonly expand: (text: string) => string;
  readonly defaults: ManagerDefaults;
}

/** The new value; `null` when systemd ignores the line and the earlier value stays. */
type Reading = (value: string, given: Given) => string | null;

const boolean: Reading = (value) => parseBoolean(value);
const text: Reading = (value, { expand }) => expand(value);
const list: Reading = (value, { before }) => (value === '' ? '' : `${before} ${value}`.trim());
/** `~` alone filters nothing, as `systemctl show` prints it. */
const filter: Reading = (value, { before }) =>
  value === '' ? '~' : before === '~' ? value : `${before} ${value}`;
const memory: Reading = (value) => parseMemoryLimit(value);

function oneOf(...names: readonly string[]): Reading {
  return (value) => (names.includes(value) ? value : null);
}

/** A boolean that grew more values with time; systemd.exec(5) says since when. */
function booleanOr(...names: readonly string[]): Reading {
  return (value) => parseBoolean(value) ?? (names.includes(value) ? value : null);
}

/** address_families(7); another name is ignored. */
const families = new Set(
  `UNIX LOCAL INET AX25 IPX APPLETALK NETROM BRIDGE ATMPVC X25 INET6 ROSE DECnet NETBEUI SECURITY KEY NETLINK
  ROUTE PACKET ASH ECONET ATMSVC RDS SNA IRDA PPPOX WANPIPE LLC IB MPLS CAN TIPC BLUETOOTH IUCV RXRPC ISDN
  PHONET IEEE802154 CAIF ALG NFC VSOCK KCM QIPCRTR SMC XDP MCTP`
    .split(/\s+/)
    .map((name) => `AF_${name}`),
);

/** Address families; a `~` list forbids. `~` alone is no restriction, as `systemctl show` prints it. */
const addressFamilies: Reading = (value, { before }) => {
  if (value === '') return '~';
  if (value === 'none') return '';
  const inverted = value.startsWith('~');
  const names = value
    .replace(/^~/, '')
    .split(/\s+/)
    .filter((name) => families.has(name));
  const fresh = before === '~' || before === '';
  const forbids = fresh ? inverted : before.startsWith('~');
  const set = new Set(fresh ? [] : before.replace(/^~/, '').split(' ').filter(Boolean));
  for (const name of names) {
    if (inverted === forbids) set.add(name);
    else set.delete(name);
  }
  return `${forbids ? '~' : ''}${[...set].toSorted().join(' ')}`;
};

const slice: Reading = (value, { expand }) => {
  const name = expand(value);
  return parseUnitName(name)?.type === 'slice' ? name : null;
};

/** Every directive that is read, its property's name where that differs, and its value when unset. */
const directives: Readonly<Record<string, { reading: Reading; property?: string; unset: string }>> = {
  Type: {
    reading: oneOf('simple', 'exec', 'forking', 'oneshot', 'dbus', 'notify', 'notify-reload', 'idle'),
    unset: 'simple',
  },
  Restart: {
    reading: oneOf('no', 'always', 'on-success', 'on-failure', 'on-abnormal', 'on-abort', 'on-watchdog'),
    unset: 'no',
  },
  User: { reading: text, unset: '' },
  Group: { reading: text, unset: '' },
  WorkingDirectory: { reading: text, unset: '' },
  RootDirectory: { reading: text, unset: '' },
  Slice: { reading: slice, unset: '' },
  DynamicUser: { reading: boolean, unset: 'no' },
  NoNewPrivileges: { reading: boolean, unset: 'no' },
  PrivateDevices: { reading: boolean, unset: 'no' },
  PrivateTmp: { reading: booleanOr('disconnected'), unset: 'no' },
  PrivateUsers: { reading: booleanOr('self', 'identity', 'full', 'managed'), unset: 'no' },
  ProtectKernelTunables: { reading: boolean, unset: 'no' },
  ProtectKernelModules: { reading: boolean, unset: 'no' },
  ProtectKernelLogs: { reading: boolean, unset: 'no' },
  ProtectClock: { reading: boolean, unset: 'no' },
  ProtectControlGroups: { reading: booleanOr('private', 'strict'), unset: 'no' },
  ProtectHostname: { reading: booleanOr('private'), unset: 'no' },
  RestrictRealtime: { reading: boolean, unset: 'no' },
  RestrictSUIDSGID: { reading: boolean, unset: 'no' },
  LockPersonality: { reading: boolean, unset: 'no' },
  MemoryDenyWriteExecute: { reading: boolean, unset: 'no' },
  ProtectSystem: { reading: booleanOr('full', 'strict'), unset: 'no' },
  ProtectHome: { reading: booleanOr('read-only', 'tmpfs'), unset: 'no' },
  ProtectProc: { reading: oneOf('default', 'noaccess', 'invisible', 'ptraceable'), unset: 'default' },
  RestrictAddressFamilies: { reading: addressFamilies, unset: '~' },
  SystemCallFilter: { reading: filter, unset: '~' },
  AllowedCPUs: { reading: list, unset: '' },
  CPUAffinity: { reading: list, unset: '' },
  MemoryMax: { reading: memory, unset: 'infinity' },
  MemoryHigh: { reading: memory, unset: 'infinity' },
  CPUQuota: {
    property: 'CPUQuotaPerSecUSec',
    reading: (value) => parseCpuQuota(value),
    unset: 'infinity',
  },
  TasksMax: {
    reading: (value, { defaults }) =>
      value === '' ? (defaults.tasksMax?.value ?? null) : parseTasksMax(value),
    unset: '',
  },
  LimitCORE: { reading: (value) => parseResourceLimit(value), unset: '' },
};

/** What is read of a slice. */
const sliceDirectives = ['MemoryMax', 'TasksMax', 'CPUQuota', 'AllowedCPUs'] as const;

/** Names of the properties that `systemctl show` is asked for, of a service or of a slice. */
export function propertyNames(kind: 'service' | 'slice'): string[] {
  const names = kind === 'slice' ? sliceDirectives : Object.keys(directives);
  return names.map((name) => directives[name]?.property ?? name);
}

/** Settings of a service after all its files; what none of them sets has systemd's default. */
export function serviceSettings(
  name: string,
  assignments: readonly SourcedAssignment[],
  expand: (text: string) => string,
  defaults: ManagerDefaults,
  fragment: string,
): Settings {
  const settings = settingsOf(Object.keys(directives), assignments, expand, defaults, fragment);
  return withDynamicUser(name, settings);
}

/** Limits of a slice after all its files. */
export function sliceSettings(
  assignments: readonly SourcedAssignment[],
  defaults: ManagerDefaults,
  fragment: string,
): Settings {
  const settings = settingsOf(sliceDirectives, assignments, (value) => value, defaults, fragment);
  // The default for tasks is of services and scopes alone.
  const { TasksMax } = settings;
  if (TasksMax !== undefined && TasksMax !== defaults.tasksMax) return settings;
  return { ...settings, TasksMax: { value: 'infinity', source: fragment, line: null } };
}

function settingsOf(
  names: readonly string[],
  assignments: readonly SourcedAssignment[],
  expand: (text: string) => string,
  defaults: ManagerDefaults,
  fragment: string,
): Settings {
  const settings: Record<string, UnitSetting> = {};
  for (const name of names) {
    const directive = directives[name];
    if (directive === undefined) continue;
    const { reading, unset, property = name } = directive;
    const first = name === 'TasksMax' ? defaults.tasksMax : { value: unset, source: fragment, line: null };
    if (first !== null) settings[property] = first;
    for (const { key, value, source, line } of assignments) {
      if (key !== name) continue;
      const before = settings[property]?.value ?? '';
      const read = reading(value, { before, expand, defaults });
      if (read !== null) settings[property] = { value: read, source, line };
    }
  }
  return settings;
}

/** DynamicUser= switches further settings on; see systemd.exec(5). */
function withDynamicUser(name: string, settings: Settings): Settings {
  const dynamic = settings.DynamicUser;
  if (dynamic?.value !== 'yes') return settings;
  const implied: Record<string, UnitSetting> = { ...settings };
  const imply = (key: string, value: string, unset: string) => {
    if (implied[key] === undefined || implied[key].value === unset) implied[key] = { ...dynamic, value };
  };
  imply('User', parseUnitName(name)?.prefix ?? name, '');
  imply('Group', implied.User?.value ?? '', '');
  implied.ProtectSystem = { ...dynamic, value: 'strict' };
  imply('ProtectHome', 'read-only', 'no');
  imply('PrivateTmp', 'yes', 'no');
  imply('NoNewPrivileges', 'yes', 'no');
  imply('RestrictSUIDSGID', 'yes', 'no');
  return implied;
}
