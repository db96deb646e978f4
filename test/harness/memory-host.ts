import type { SnapshotFiles } from '../../src/host/record.ts';
import { snapshotHost } from '../../src/host/snapshot.ts';
import type { Host } from '../../src/host/host.ts';

/** What a host has, for a test: everything else is absent. */
export interface MemoryHost {
  /** Text by absolute path. */
  readonly files?: Readonly<Record<string, string>>;
  /** Entries of `recording.json`: modes, links, denied reads. */
  readonly recording?: Readonly<Record<string, unknown>>;
  readonly commands?: readonly {
    readonly argv: readonly string[];
    readonly stdout?: string;
    readonly stderr?: string;
    readonly exitCode?: number;
  }[];
  /** Answers of unix sockets. */
  readonly gets?: readonly { readonly socket: string; readonly path: string; readonly body: string }[];
  readonly privileged?: boolean;
}

/** A recorded host made in memory. */
export function memoryHost(has: MemoryHost): Promise<Host> {
  const files = new Map<string, string>();
  files.set(
    'host.yaml',
    JSON.stringify({
      schema: 'aisec/snapshot/v1',
      name: 'testbox',
      collectedAt: '2026-11-21T00:00:00Z',
      privileged: has.privileged ?? true,
      how: 'made in a test',
      unrecorded: 'absent',
    }),
  );
  files.set('recording.json', JSON.stringify(has.recording ?? {}));
  for (const [path, text] of Object.entries(has.files ?? {})) files.set(`files${path}`, text);
  for (const [index, { argv, stdout = '', stderr = '', exitCode = 0 }] of (has.commands ?? []).entries()) {
    files.set(`commands/c${String(index)}.json`, JSON.stringify({ argv, exitCode, stderr }));
    files.set(`commands/c${String(index)}.out`, stdout);
  }
  for (const [index, { socket, path, body }] of (has.gets ?? []).entries()) {
    files.set(`commands/g${String(index)}.json`, JSON.stringify({ socket, path, status: 200 }));
    files.set(`commands/g${String(index)}.out`, body);
  }
  return snapshotHost(storeOf(files));
}

export function storeOf(files: SnapshotFiles) {
  return {
    name: 'memory',
    names: [...files.keys()],
    text: (name: string) => Promise.resolve(files.get(name) ?? null),
  };
}
