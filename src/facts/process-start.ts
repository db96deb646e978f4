import type { Host } from '../host/host.ts';

/** Clock ticks per second in /proc/PID/stat: USER_HZ is 100 on every Linux architecture in use. */
const ticksPerSecond = 100;

/**
 * When a process was started, in seconds of Unix time, rounded up; `null` where that was not seen. Field 22 of its
 * stat is in ticks since the kernel's start: proc_pid_stat(5).
 */
export async function startOf(host: Host, pid: number): Promise<number | null> {
  const [stat, kernel] = await Promise.all([host.read(`/proc/${String(pid)}/stat`), host.read('/proc/stat')]);
  const text = stat.state === 'known' ? (stat.value ?? '') : '';
  const ticks = Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? Number.NaN);
  const booted = kernel.state === 'known' ? /^btime (\d+)$/m.exec(kernel.value ?? '')?.[1] : undefined;
  if (booted === undefined || Number.isNaN(ticks) || text === '') return null;
  return Number(booted) + Math.ceil(ticks / ticksPerSecond);
}
