import { defineFact } from '../../engine/fact.ts';
import type { Evidence } from '../../host/evidence.ts';
import { known, unknown } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';
import { packagesFact } from '../packages/packages.ts';
import type { AptSetting } from './apt-conf.ts';
import { parseAptConf, withoutCleared } from './apt-conf.ts';

const updateTimers = ['apt-daily.timer', 'apt-daily-upgrade.timer'] as const;
const updateServices = ['apt-daily.service', 'apt-daily-upgrade.service'] as const;

/** Everything that must come together before security updates install themselves on Debian and Ubuntu. */
export interface AutomaticUpdates {
  /** Whether unattended-upgrades is installed. */
  readonly installed: boolean;
  /** Merged configuration of apt, in the order in which it is read. */
  readonly settings: readonly AptSetting[];
  /** Timers that will not fire (disabled, masked or stopped), and masked services that they would start. */
  readonly unitsOff: Evidence<readonly string[]>;
}

/** `null` where there is no apt. */
export const automaticUpdatesFact = defineFact<AutomaticUpdates | null>({
  id: 'automatic-updates',
  gather: async (host, read) => {
    const [packages, settings, timers, services] = await Promise.all([
      read(packagesFact),
      aptSettings(host),
      host.origin.running ? runningTimersOff(host) : filedTimersOff(host),
      maskedOf(host, updateServices),
    ]);
    if (packages.state === 'unknown') return packages;
    if (packages.value === null || packages.value.get('apt')?.status !== 'installed')
      return known(null, packages.source);
    if (settings.state === 'unknown') return settings;
    const installed = packages.value.get('unattended-upgrades')?.status === 'installed';
    const unitsOff =
      timers.state === 'known' && services.state === 'known'
        ? known([...timers.value, ...services.value], timers.source)
        : ([timers, services].find(({ state }) => state === 'unknown') ?? timers);
    return known({ installed, settings: settings.value, unitsOff }, settings.source);
  },
});

/** apt's own answer where it can be had; the files tell the lines. */
async function aptSettings(host: Host): Promise<Evidence<readonly AptSetting[]>> {
  const [files, dump] = await Promise.all([
    filedSettings(host),
    host.origin.running ? host.run(['apt-config', 'dump']) : null,
  ]);
  if (dump?.state !== 'known' || dump.value.exitCode !== 0) return files;
  const dumped = parseAptConf(dump.value.stdout, dump.source);
  if (dumped === null) return unknown('unparsable', 'apt-config dump was not understood', dump.source);
  const written = files.state === 'known' ? files.value : [];
  const lineOf = (setting: AptSetting) =>
    written.findLast(({ name, value }) => name === setting.name && value === setting.value) ?? setting;
  return known(dumped.map(lineOf), dump.source);
}

/** /etc/apt/apt.conf.d in order of name, then /etc/apt/apt.conf; see apt.conf(5). */
async function filedSettings(host: Host): Promise<Evidence<readonly AptSetting[]>> {
  const directory = '/etc/apt/apt.conf.d';
  const names = await host.list(directory);
  if (names.state === 'unknown') return names;
  const read = (names.value ?? []).filter(
    (name) => /^[\w.-]+$/.test(name) && /^(?:[^.]+|.*\.conf)$/.test(name),
  );
  const paths = [...read.map((name) => `${directory}/${name}`), '/etc/apt/apt.conf'];
  const settings: AptSetting[] = [];
  for (const text of await Promise.all(paths.map((path) => host.read(path)))) {
    if (text.state === 'unknown') return text;
    const parsed = parseAptConf(text.value ?? '', text.source);
    if (parsed === null) return unknown('unparsable', `${text.source} was not understood`, text.source);
    if (parsed.some(({ name }) => name === '#include'))
      return unknown('unparsable', `${text.source} includes another file, which was not read`, text.source);
    settings.push(...parsed);
  }
  return known(withoutCleared(settings), directory);
}

async function runningTimersOff(host: Host): Promise<Evidence<readonly string[]>> {
  const shown = await host.run([
    'systemctl',
    'show',
    ...updateTimers,
    '--property=Id,ActiveState,UnitFileState',
  ]);
  if (shown.state === 'unknown') return shown;
  const { exitCode, stdout, stderr } = shown.value;
  const blocks = stdout.split(/\n\n+/);
  const states = updateTimers.map((timer) => ({
    timer,
    block: blocks.find((each) => each.split('\n').includes(`Id=${timer}`)),
  }));
  if (exitCode !== 0 || states.some(({ block }) => block === undefined)) {
    const said = stderr.trim().slice(0, 200);
    const detail = `systemctl did not tell whether ${updateTimers.join(' and ')} run${said === '' ? '' : `: ${said}`}`;
    return unknown('unsupported', detail, shown.source);
  }
  const fires = (block = '') =>
    /^ActiveState=active$/m.test(block) && /^UnitFileState=(?:enabled|static)/m.test(block);
  return known(
    states.filter(({ block }) => !fires(block)).map(({ timer }) => timer),
    shown.source,
  );
}

async function filedTimersOff(host: Host): Promise<Evidence<readonly string[]>> {
  const wants = '/etc/systemd/system/timers.target.wants';
  const [links, masked] = await Promise.all([host.list(wants), maskedOf(host, updateTimers)]);
  if (links.state === 'unknown') return links;
  if (masked.state === 'unknown') return masked;
  const fires = (timer: string) => links.value?.includes(timer) === true && !masked.value.includes(timer);
  return known(
    updateTimers.filter((timer) => !fires(timer)),
    wants,
  );
}

/** Which of these units are masked: an administrator's link to /dev/null stands in their place. */
async function maskedOf(host: Host, units: readonly string[]): Promise<Evidence<readonly string[]>> {
  const directory = '/etc/systemd/system';
  const names = await host.list(directory);
  if (names.state === 'unknown') return names;
  const masked: string[] = [];
  for (const unit of units.filter((name) => names.value?.includes(name) === true)) {
    const link = await host.readlink(`${directory}/${unit}`);
    if (link.state === 'unknown') return link;
    if (link.value === '/dev/null') masked.push(unit);
  }
  return known(masked, directory);
}
