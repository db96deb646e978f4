import type { Evidence } from '../../host/evidence.ts';
import { known, knownInPart } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';
import { propertyNames } from './settings.ts';
import type { ShownUnit } from './systemctl.ts';
import { property, showUnits } from './systemctl.ts';
import type { Settings, SliceLimits, Unit, UnitSetting } from './unit.ts';
import { sliceChain } from './unit-name.ts';
import { words } from './words.ts';

/**
 * Puts the running manager's own values over those of the files, whose lines stay as citations where the
 * two agree. Where it does not answer, the values of the files stand, and that is a gap.
 */
export async function withRunningState(
  host: Host,
  units: readonly Unit[],
): Promise<Evidence<readonly Unit[]>> {
  const shown = await showUnits(
    host,
    'service',
    units.map(({ name }) => name),
  );
  if (shown.state === 'unknown') {
    // Without systemctl there is no manager that could hold anything else.
    const gaps =
      shown.why === 'tool-missing' ? [] : [`${shown.detail}: unit settings are those of the files`];
    return knownInPart(units, 'unit files', gaps);
  }
  const merged = units.flatMap((unit, index) => {
    const answer = shown.value[index];
    return answer === undefined ? [unit] : overlay(unit, answer);
  });
  return withSliceState(host, merged);
}

function overlay(unit: Unit, shown: ShownUnit): Unit[] {
  if (property(shown, 'LoadState') === 'masked') return [];
  // The manager has not read these files, or has dropped them: they are what the next start will use.
  if (property(shown, 'LoadState') === 'not-found') return [{ ...unit, active: false }];
  const source = `systemctl show ${unit.name}`;
  const fileState = property(shown, 'UnitFileState');
  const isBlind = unit.unread.some((path) => unit.files.includes(path));
  return [
    {
      ...unit,
      unseen: null,
      active: !['inactive', 'failed', ''].includes(property(shown, 'ActiveState')),
      enabled: fileState.startsWith('enabled') || unit.enabled === true,
      settings: overlaySettings(unit.settings, shown, 'service', source),
      environment: isBlind ? { ...environmentShown(shown, source), ...unit.environment } : unit.environment,
      execStart: isBlind && unit.execStart.length === 0 ? commandsShown(shown, source) : unit.execStart,
    },
  ];
}

function overlaySettings(
  own: Settings,
  shown: ShownUnit,
  kind: 'service' | 'slice',
  source: string,
): Settings {
  const settings: Record<string, UnitSetting> = { ...own };
  for (const name of propertyNames(kind)) {
    const value = shown.get(name)?.[0];
    if (value === undefined) continue;
    const before = own[name];
    settings[name] =
      before !== undefined && agrees(before.value, value)
        ? { ...before, value }
        : { value, source, line: null };
  }
  return settings;
}

/** A share in a file is a number of bytes or tasks to the manager. */
function agrees(own: string, shown: string): boolean {
  return own === shown || (own.endsWith('%') && /^\d+$/.test(shown));
}

/** Where a unit file may not be read, the manager still tells its environment to everybody. */
function environmentShown(shown: ShownUnit, source: string): Record<string, UnitSetting> {
  const pairs = (words(property(shown, 'Environment')) ?? []).map((word) => {
    const equals = word.indexOf('=');
    return [word.slice(0, equals), { value: word.slice(equals + 1), source, line: null }] as const;
  });
  return Object.fromEntries(pairs);
}

/** The manager prints arguments with blanks between: those that hold blanks themselves come apart. */
function commandsShown(shown: ShownUnit, source: string): Unit['execStart'] {
  return (shown.get('ExecStart') ?? []).flatMap((text) => {
    const [, path, argv] = /^\{ path=(\S+) ; argv\[\]=(.*?) ; ignore_errors=/.exec(text) ?? [];
    if (path === undefined || argv === undefined) return [];
    return [{ prefixes: '', path, argv: argv.split(' '), citation: { source, line: null, excerpt: argv } }];
  });
}

/** The slices that the manager has the units in, with the limits that it holds for them. */
async function withSliceState(host: Host, units: readonly Unit[]): Promise<Evidence<readonly Unit[]>> {
  const chains = units.map(({ settings }) => sliceChain(settings.Slice?.value ?? ''));
  const names = [...new Set(chains.flat())].toSorted();
  const shown = await showUnits(host, 'slice', names);
  const answers = shown.state === 'known' ? shown.value : [];
  const merged = units.map((unit, index): Unit => {
    const slices = (chains[index] ?? []).map((name): SliceLimits => {
      const own = unit.slices.find((slice) => slice.name === name)?.settings ?? {};
      const answer = answers[names.indexOf(name)];
      const settings =
        answer === undefined ? own : overlaySettings(own, answer, 'slice', `systemctl show ${name}`);
      return { name, settings };
    });
    return { ...unit, slices };
  });
  return shown.state === 'known'
    ? known(merged, shown.source)
    : knownInPart(merged, shown.source, [shown.detail]);
}
