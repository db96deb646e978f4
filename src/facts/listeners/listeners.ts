import type { FactReader } from '../../engine/fact.ts';
import { defineFact } from '../../engine/fact.ts';
import type { Evidence } from '../../host/evidence.ts';
import { known, unknown } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';
import type { Process } from '../processes.ts';
import { processesFact } from '../processes.ts';
import type { Listener } from './listener.ts';
import { parseProcNet } from './proc-net.ts';
import type { Socket } from './ss.ts';
import { parseSs } from './ss.ts';

const ss = ['ss', '-H', '-t', '-u', '-l', '-n', '-p', '-e'] as const;

const tables = [
  ['tcp', '/proc/net/tcp'],
  ['tcp', '/proc/net/tcp6'],
  ['udp', '/proc/net/udp'],
  ['udp', '/proc/net/udp6'],
] as const;

/**
 * Every socket of the host's network namespace that waits for somebody; an empty list means that
 * nothing does. From ss(8), or from /proc/net where ss is missing or not understood: then no owner is known.
 */
export const listenersFact = defineFact<readonly Listener[]>({
  id: 'listeners',
  gather: async (host, read) => {
    if (!host.origin.running) {
      return unknown('unsupported', 'files alone do not show what listens', ss.join(' '));
    }
    const sockets = await fromSs(host);
    if (sockets.state === 'known') return withOwners(sockets.value, sockets.source, read);
    const rougher = await fromProc(host);
    if (rougher.state === 'known') return withOwners(rougher.value, rougher.source, read);
    return sockets.why === 'tool-missing' ? rougher : sockets;
  },
});

async function fromSs(host: Host): Promise<Evidence<readonly Socket[]>> {
  const evidence = await host.run(ss);
  if (evidence.state === 'unknown') return evidence;
  const { source, value } = evidence;
  if (value.exitCode !== 0) {
    return unknown('unsupported', `ss failed: ${value.stderr.trim().slice(0, 200)}`, source);
  }
  const sockets = parseSs(value.stdout);
  if ('line' in sockets) return notUnderstood(sockets.line, source);
  return known(sockets, source);
}

async function fromProc(host: Host): Promise<Evidence<readonly Socket[]>> {
  const all: Socket[] = [];
  const contents = await Promise.all(tables.map(([, path]) => host.read(path)));
  for (const [index, [proto, path]] of tables.entries()) {
    const content = contents[index];
    if (content === undefined || content.state === 'unknown') {
      return content ?? unknown('bug', `${path} was not read`, path);
    }
    if (content.value === null) {
      // A kernel without IPv6 has no tcp6; one without tcp shows nothing at all.
      if (path.endsWith('6')) continue;
      return unknown('unsupported', `${path} does not exist; install iproute2 for ss`, path);
    }
    const sockets = parseProcNet(proto, content.value);
    if ('line' in sockets) return notUnderstood(sockets.line, path);
    all.push(...sockets);
  }
  return known(all, '/proc/net');
}

function notUnderstood(line: string, source: string): Evidence<never> {
  return unknown(
    'unparsable',
    `a line of ${source} was not understood: ${line.trim().slice(0, 200)}`,
    source,
  );
}

async function withOwners(
  sockets: readonly Socket[],
  source: string,
  read: FactReader,
): Promise<Evidence<readonly Listener[]>> {
  const processes = await read(processesFact);
  const byPid = new Map(
    (processes.state === 'known' ? processes.value : []).map((process) => [process.pid, process]),
  );
  return known(
    sockets.map(({ pids, ...socket }) => ({ ...socket, process: ownerOf(pids, byPid) })),
    source,
  );
}

/**
 * Of several holders the one that serves: not the init that passed it a socket-activated socket, and
 * the master rather than the workers that inherited it.
 */
function ownerOf(pids: readonly number[], byPid: ReadonlyMap<number, Process>): Process | null {
  const holders = pids.flatMap((pid) => byPid.get(pid) ?? []).toSorted((a, b) => a.pid - b.pid);
  const serving = holders.length > 1 ? holders.filter((holder) => holder.pid !== 1) : holders;
  const master = serving.find((holder) => !serving.some((other) => other.pid === holder.ppid));
  return master ?? serving[0] ?? null;
}
