import { defineFact } from '../engine/fact.ts';
import type { Evidence } from '../host/evidence.ts';
import { known, unknown } from '../host/evidence.ts';

/** How much the machine has of what units and containers may be bounded in; `null` where it does not tell. */
export interface Capacity {
  /** Bytes of memory: MemTotal of /proc/meminfo. */
  readonly memory: number | null;
  /** The most processes and threads: the lesser of pid_max and threads-max; see proc(5). */
  readonly tasks: number | null;
  /** Processors that are online. */
  readonly processors: number | null;
}

/** What a limit must stay below to bound anything. */
export const capacityFact = defineFact<Capacity>({
  id: 'capacity',
  gather: async (host) => {
    if (!host.origin.running) {
      return unknown('unsupported', 'files alone do not show how large the machine is', '/proc/meminfo');
    }
    const [memory, pids, threads, online] = await Promise.all([
      host.read('/proc/meminfo'),
      host.read('/proc/sys/kernel/pid_max'),
      host.read('/proc/sys/kernel/threads-max'),
      host.read('/sys/devices/system/cpu/online'),
    ]);
    const kibibytes = /^MemTotal:\s+(\d+) kB$/m.exec(textOf(memory))?.[1];
    const tasks = [pids, threads].map(textOf).filter((text) => /^\d+$/.test(text));
    return known(
      {
        memory: kibibytes === undefined ? null : Number(kibibytes) * 1024,
        tasks: tasks.length === 0 ? null : Math.min(...tasks.map(Number)),
        processors: countProcessors(textOf(online)),
      },
      '/proc/meminfo',
    );
  },
});

function textOf(evidence: Evidence<string | null>): string {
  return evidence.state === 'known' ? (evidence.value?.trim() ?? '') : '';
}

/** How many processors `0-3,8` or `0 1 2` names, see cpuset(7); `null` for none, or another spelling. */
export function countProcessors(list: string): number | null {
  const named = new Set<number>();
  for (const part of list.split(/[\s,]+/).filter(Boolean)) {
    const [, from = '', to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part) ?? [];
    if (from === '') return null;
    for (let at = Number(from); at <= Number(to); at++) named.add(at);
  }
  return named.size === 0 ? null : named.size;
}
