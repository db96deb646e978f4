import type { Host } from '../../host/host.ts';
import type { ManagerDefaults } from './settings.ts';
import type { UnitSetting } from './unit.ts';
import { parseUnitFile } from './unit-file.ts';
import { parseTasksMax } from './values.ts';

const directories = ['/etc/systemd', '/run/systemd', '/usr/local/lib/systemd', '/usr/lib/systemd'] as const;

/** What the manager gives to units, from system.conf and its drop-ins; see systemd-system.conf(5). */
export async function readManagerDefaults(host: Host): Promise<ManagerDefaults> {
  // DefaultTasksMax= is 15 % of what the kernel allows since systemd 240.
  let tasksMax: UnitSetting = { value: '15%', source: '/etc/systemd/system.conf', line: null };
  const files = await configurationFiles(host);
  if (files === null) return { tasksMax: null };
  for (const path of files) {
    const evidence = await host.read(path);
    if (evidence.state === 'unknown') return { tasksMax: null };
    for (const { section, key, value, line } of parseUnitFile(evidence.value ?? '')) {
      if (section !== 'Manager' || key !== 'DefaultTasksMax') continue;
      const read = parseTasksMax(value);
      if (read !== null) tasksMax = { value: read, source: path, line };
    }
  }
  return { tasksMax };
}

/** `null` when a place where there may be more could not be looked into. */
async function configurationFiles(host: Host): Promise<string[] | null> {
  const mains = await Promise.all(directories.map((directory) => host.read(`${directory}/system.conf`)));
  const main = mains.findIndex((evidence) => evidence.state === 'unknown' || evidence.value !== null);
  if (mains[main]?.state === 'unknown') return null;
  const chosen = new Map<string, string>();
  const lists = await Promise.all(directories.map((directory) => host.list(`${directory}/system.conf.d`)));
  for (const [index, evidence] of lists.entries()) {
    if (evidence.state === 'unknown') return null;
    for (const name of (evidence.value ?? []).filter((each) => each.endsWith('.conf'))) {
      if (!chosen.has(name)) chosen.set(name, `${directories[index] ?? ''}/system.conf.d/${name}`);
    }
  }
  const dropIns = [...chosen].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path);
  return [...(main < 0 ? [] : [`${directories[main] ?? ''}/system.conf`]), ...dropIns];
}
