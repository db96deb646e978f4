import { defineFact } from '../engine/fact.ts';
import type { Evidence } from '../host/evidence.ts';
import { known, unknown } from '../host/evidence.ts';
import type { Host } from '../host/host.ts';

export interface Process {
  readonly pid: number;
  readonly ppid: number;
  /** The kernel's name for it, at most 15 bytes: `comm`. */
  readonly name: string;
  readonly argv: readonly string[];
  /** Path of the program; `null` when it may not be read (not root). */
  readonly exe: string | null;
  /** Effective user id, in this machine's own numbers. */
  readonly uid: number;
  /** The systemd unit whose control group holds it: `ollama.service`. */
  readonly unit: string | null;
  /** Full id of the container that it runs in. */
  readonly containerId: string | null;
}

/**
 * Every process with a command line (kernel threads have none), those in containers of an engine included;
 * see proc(5). Processes of a system container (LXC, nspawn) are another machine's, to be audited in there.
 */
export const processesFact = defineFact<readonly Process[]>({
  id: 'processes',
  gather: async (host) => {
    if (!host.origin.running) {
      return unknown('unsupported', 'files alone do not show what runs', '/proc');
    }
    const [names, init] = await Promise.all([host.list('/proc'), host.stat('/proc/1')]);
    if (names.state === 'unknown') return names;
    if (names.value === null || (init.state === 'known' && init.value === null)) {
      const detail = '/proc hides other users’ processes (hidepid); run as root to see them';
      return unknown('denied', detail, '/proc');
    }
    const pids = names.value.filter((name) => /^\d+$/.test(name));
    const processes = await Promise.all(pids.map((pid) => readProcess(host, pid)));
    return known(
      processes.filter((process) => process !== null).toSorted((a, b) => a.pid - b.pid),
      '/proc',
    );
  },
});

async function readProcess(host: Host, pid: string): Promise<Process | null> {
  const directory = `/proc/${pid}`;
  const commandLine = textOf(await host.read(`${directory}/cmdline`));
  if (commandLine === '') return null;
  const [status, cgroup, exe] = await Promise.all([
    host.read(`${directory}/status`).then(textOf),
    host.read(`${directory}/cgroup`).then(textOf),
    host.readlink(`${directory}/exe`),
  ]);
  const field = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1] ?? '';
  const place = placeOf(cgroup);
  // One number for each PID namespace that it is in, from the reader's own inwards.
  const nested = field('NSpid').split(/\s+/).length > 1;
  if (nested && place.containerId === null) return null;
  return {
    pid: Number(pid),
    ppid: Number(field('PPid')),
    name: field('Name'),
    argv: commandLine.replace(/\0+$/, '').split('\0'),
    exe: exe.state === 'known' ? exe.value : null,
    uid: Number(field('Uid').split(/\s+/)[1] ?? Number.NaN),
    ...place,
  };
}

function textOf(evidence: Evidence<string | null>): string {
  return evidence.state === 'known' ? (evidence.value ?? '') : '';
}

/** Unit and container from control group paths, of version 2 (`0::/…`) or 1; see cgroups(7). */
export function placeOf(cgroup: string): Pick<Process, 'unit' | 'containerId'> {
  const parts = cgroup.split('\n').flatMap((line) => line.split(':').slice(2).join(':').split('/'));
  const units = parts.filter((part) => /\.(?:service|scope)$/.test(part));
  const container = parts.map((part) => /(?:^|-)([0-9a-f]{64})(?:\.scope)?$/.exec(part)?.[1]).find(Boolean);
  const unit = units.find((name) => name.endsWith('.service') && !name.startsWith('user@')) ?? units[0];
  return { unit: unit ?? null, containerId: container ?? null };
}
