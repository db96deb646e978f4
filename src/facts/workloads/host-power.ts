import { remembered } from '../remember.ts';
import { hasCapability } from './capabilities.ts';
import { isRawDeviceRule } from './device-rule.ts';
import { straightened } from './path-pattern.ts';
import type { PowerfulPaths } from './powerful-paths.ts';
import { joined, reachedBy, reachedFrom, writtenBy } from './powerful-paths.ts';
import type { Setting } from './setting.ts';
import { namespaceOf, wayThrough } from './shared-namespace.ts';
import type { Mount, Workload } from './workload.ts';

/** Something by which code in a container becomes root on the machine. */
export interface HostPower {
  /** What it has, as a link of a chain: "the engine's socket". */
  readonly words: string;
  /** Whether only a process that is root in the container can use it. */
  readonly needsRoot: boolean;
  readonly setting: Setting;
  readonly value: unknown;
  readonly entry?: string;
}

/**
 * Capabilities that are enough by themselves: capabilities(7), and for SYS_ADMIN mount(2) of the host's
 * devices and cgroups; BPF and PERFMON read what others do.
 */
const enough = ['SYS_ADMIN', 'SYS_MODULE', 'SYS_RAWIO', 'DAC_READ_SEARCH'] as const;

/** A mount by which it may have such a thing, for all that is known. */
export function doubtfulMount({ mounts: all }: Workload, paths: PowerfulPaths): Mount | undefined {
  return all.find((mount) => writtenBy(mount, written(paths))?.certain === false);
}

/** What makes root of who writes to it. */
const written = remembered(({ trusted, storages }: PowerfulPaths) => joined([trusted, storages]));

/** Every such thing that a workload has, whoever it borrows it from. */
export function hostPowers(workload: Workload, all: readonly Workload[], paths: PowerfulPaths): HostPower[] {
  if (workload.privileged) {
    return [...mounts(workload, paths), one('every privilege', true, 'privileged', true)];
  }
  return [
    ...mounts(workload, paths),
    ...devices(workload, paths),
    ...madeDevices(workload),
    ...capabilities(workload),
    ...foreignProcesses(workload, all),
  ];
}

function one(words: string, needsRoot: boolean, setting: Setting, value: unknown, entry?: string): HostPower {
  return { words, needsRoot, setting, value, ...(entry === undefined ? {} : { entry }) };
}

function mounts({ mounts: all }: Workload, paths: PowerfulPaths): HostPower[] {
  const { engineSockets, controlSockets } = paths;
  return all.flatMap((mount) => {
    const { source, target, writable } = mount;
    const shown = `${source}:${target}:${writable ? 'rw' : 'ro'}`;
    // A socket is not written to as a file: a read-only mount of it stops nobody.
    if (reachedBy(mount, engineSockets) !== null)
      return [one(`the engine’s socket (${source})`, false, 'mounts', shown, target)];
    const control = reachedBy(mount, controlSockets);
    if (control !== null) return [one(`the host’s control socket ${control}`, true, 'mounts', shown, target)];
    return writtenBy(mount, written(paths))?.certain === true
      ? [one(`write access to the host’s ${source}`, true, 'mounts', shown, target)]
      : [];
  });
}

function devices({ devices: all }: Workload, { disks }: PowerfulPaths): HostPower[] {
  return all.flatMap(({ host, type }) =>
    type === 'block' || reachedFrom(disks, straightened(host)) !== null
      ? [one(`the host’s ${host}`, true, 'devices', host, host)]
      : [],
  );
}

/** With MKNOD its root makes the node of a device that a rule lets it use. */
function madeDevices(workload: Workload): HostPower[] {
  const rule = workload.deviceRules.find(isRawDeviceRule);
  if (rule === undefined || !hasCapability(workload, 'MKNOD')) return [];
  return [one(`devices that match ${rule}`, true, 'deviceRules', rule)];
}

function capabilities(workload: Workload): HostPower[] {
  const held = enough.filter((name) => hasCapability(workload, name));
  if (held.length === 0) return [];
  const gpu = workload.gpu === null ? '' : ' beside a GPU';
  return [one(`${held.join(', ')}${gpu}`, true, 'capAdd', workload.capAdd)];
}

/** Another's memory, in the host's namespace of processes, with the right to trace them. */
function foreignProcesses(workload: Workload, all: readonly Workload[]): HostPower[] {
  const answer = namespaceOf(workload, 'pid', all);
  if (answer.mode !== 'host' || !hasCapability(workload, 'SYS_PTRACE')) return [];
  const by = answer.through.length === 0 ? '' : ` (through ${wayThrough(answer, ' and ')})`;
  return [one(`SYS_PTRACE among the host’s processes${by}`, true, 'pid', workload.namespaces.pid)];
}
