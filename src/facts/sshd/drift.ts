import type { Evidence } from '../../host/evidence.ts';
import { known, unknown } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';
import { startOf } from '../process-start.ts';
import type { SshdDrift } from './server.ts';
import type { ConfigTree } from './tree.ts';

/**
 * Which configuration files are newer than what a running sshd has read.
 *
 * A reload keeps process and start time, but writes the PID file anew; without a PID file of its own, a
 * reload cannot be told from none.
 */
export async function driftOf(
  host: Host,
  pid: number,
  tree: ConfigTree,
  pidFile: string | null,
): Promise<Evidence<SshdDrift>> {
  const source = `/proc/${String(pid)}/stat`;
  const [startedAt, reloadedAt] = await Promise.all([startOf(host, pid), reloadOf(host, pid, pidFile)]);
  if (startedAt === null) return unknown('unsupported', `${source} does not say when sshd started`, source);
  const stats = await Promise.all(
    [...tree.files, ...tree.directories].map(async (path) => ({ path, stat: await host.stat(path) })),
  );
  const loadedAt = Math.max(startedAt, reloadedAt ?? 0);
  const changed = stats.flatMap(({ path, stat }) =>
    stat.state === 'known' && stat.value !== null && stat.value.mtime > loadedAt
      ? [{ path, mtime: stat.value.mtime }]
      : [],
  );
  const unseen = [...tree.unread.map(({ detail }) => detail), ...unreadStats(stats)];
  if (changed.length === 0 && unseen[0] !== undefined) return unknown('denied', unseen[0], source);
  return known({ loadedAt, changed, reloadSeen: reloadedAt !== null }, source);
}

function unreadStats(stats: readonly { stat: Evidence<unknown> }[]): string[] {
  return stats.flatMap(({ stat }) => (stat.state === 'unknown' ? [stat.detail] : []));
}

async function reloadOf(host: Host, pid: number, pidFile: string | null): Promise<number | null> {
  if (pidFile === null || pidFile === 'none') return null;
  const [text, stat] = await Promise.all([host.read(pidFile), host.stat(pidFile)]);
  if (text.state === 'unknown' || stat.state === 'unknown') return null;
  return text.value?.trim() === String(pid) ? (stat.value?.mtime ?? null) : null;
}
