import { defineFact } from '../engine/fact.ts';
import type { Evidence } from '../host/evidence.ts';
import { knownInPart, unknown } from '../host/evidence.ts';
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
      return unknown('denied', hides, '/proc');
    }
    const pids = names.value.filter((name) => /^\d+$/.test(name));
    const processes = await Promise.all(pids.map((pid) => readProcess(host, pid)));
    const hidden = pids.filter((_, index) => processes[index] === 'hidden');
    if (hidden.includes('1')) return unknown('denied', hides, '/proc');
    const seen = processes.filter((process) => process !== null && process !== 'hidden');
    return knownInPart(
      seen.toSorted((a, b) => a.pid - b.pid),
      '/proc',
      hidden.length === 0 ? [] : [`${String(hidden.length)} processes may not be read: run as root`],
    );
  },
});

const hides = '/proc hides other users’ processes (hidepid); run as root to see them';

/** `null` for a kernel thread, or one that has ended; `hidden` is neither. */
async function readProcess(host: Host, pid: string): Promise<Process | 'hidden' | null> {
  const directory = `/proc/${pid}`;
  const line = await host.read(`${directory}/cmdline`);
  if (isRefused(line)) return 'hidden';
  const commandLine = textOf(line);
  if (commandLine === '') return null;
  const [state, cgroup, exe] = await Promise.all([
    host.read(`${directory}/status`),
    host.read(`${directory}/cgroup`).then(textOf),
    host.readlink(`${directory}/exe`),
  ]);
  if (isRefused(state)) return 'hidden';
  const status = textOf(state);
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

/** A process that ends meanwhile cannot be read either, but nobody refuses it. */
function isRefused(evidence: Evidence<unknown>): boolean {
  return evidence.state === 'unknown' && ['denied', 'timeout', 'too-large'].includes(evidence.why);
}

function textOf(evidence: Evidence<string | null>): string {
  return evidence.state === 'known' ? (evidence.value ?? '') : '';
}

/** Unit and container from control group paths, of version 2 (`0::/…`) or 1; see cgroups(7). */
export function placeOf(cgroup: string): Pick<Process, 'unit' | 'containerId'> {
  const parts = cgroup.split('\n').flatMap((line) => line.split(':').slice(2).join(':').split('/'));
  const units = parts.filter((part) => /\.(?:service|scope)$/.test(part));
  // A monitor of Podman or CRI-O, `libpod-conmon-ID.scope`, is not in the container that it watches.
  const inside = parts.filter((part) => !/(?:^|-)conmon-/.test(part));
  const container = inside.map((part) => /(?:^|-)([0-9a-f]{64})(?:\.scope)?$/.exec(part)?.[1]).find(Boolean);
  const unit = units.find((name) => name.endsWith('.service') && !name.startsWith('user@')) ?? units[0];
  return { unit: unit ?? null, containerId: container ?? null };
}
