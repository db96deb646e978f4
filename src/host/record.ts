import type { Evidence } from './evidence.ts';
import type { Host } from './host.ts';
import type { Call, Failure, PathRecord, Recording } from './snapshot-format.ts';

/** Everything that was asked of a host, as the files of a snapshot by name. */
export type SnapshotFiles = ReadonlyMap<string, string>;

export interface Recorder {
  /** Answers as the recorded host does. */
  readonly host: Host;
  /** What was asked so far; `how` says in words what the host is. */
  files(how: string): SnapshotFiles;
}

/** Watches a host being read. */
export function recordHost(host: Host): Recorder {
  const texts = new Map<string, string>();
  const paths = new Map<string, PathRecord>();
  const calls = new Map<string, { call: Call; output: string }>();

  const note = <T>(path: string, evidence: Evidence<T>, field: keyof PathRecord, value: unknown) => {
    const record = evidence.state === 'unknown' ? failureOf(evidence) : value;
    paths.set(path, { ...paths.get(path), [field]: record });
    return evidence;
  };

  return {
    host: {
      origin: host.origin,
      read: async (path) => {
        const evidence = await host.read(path);
        const text = evidence.state === 'known' ? evidence.value : null;
        if (text !== null) texts.set(path, text);
        return note(path, evidence, 'read', text === null ? null : 'text');
      },
      list: async (path) => {
        const evidence = await host.list(path);
        return note(path, evidence, 'list', evidence.state === 'known' && evidence.value);
      },
      stat: async (path) => {
        const evidence = await host.stat(path);
        return note(path, evidence, 'stat', evidence.state === 'known' && evidence.value);
      },
      readlink: async (path) => {
        const evidence = await host.readlink(path);
        return note(path, evidence, 'readlink', evidence.state === 'known' && evidence.value);
      },
      run: async (argv) => {
        const evidence = await host.run(argv);
        const asked = { argv: [...argv] };
        if (evidence.state === 'unknown') {
          calls.set(argv.join(' '), { call: { ...asked, ...failureOf(evidence) }, output: '' });
        } else {
          const { exitCode, stdout, stderr } = evidence.value;
          calls.set(argv.join(' '), { call: { ...asked, exitCode, stderr }, output: stdout });
        }
        return evidence;
      },
      get: async (socket, path) => {
        const evidence = await host.get(socket, path);
        const asked = { socket, path };
        const call: Call =
          evidence.state === 'unknown'
            ? { ...asked, ...failureOf(evidence) }
            : { ...asked, status: evidence.value?.status ?? null };
        const output = evidence.state === 'known' ? (evidence.value?.body ?? '') : '';
        calls.set(`get ${socket} ${path}`, { call, output });
        return evidence;
      },
    },
    files: (how) => {
      const files = new Map<string, string>();
      const { name, collectedAt, privileged, running } = host.origin;
      const header = { schema: 'aisec/snapshot/v1', name, collectedAt, privileged, running, how };
      // JSON is YAML: the header needs no YAML writer.
      files.set('host.yaml', json(header));
      const recording: Recording = Object.fromEntries([...paths].toSorted(byKey));
      files.set('recording.json', json(recording));
      for (const [path, text] of [...texts].toSorted(byKey)) files.set(`files${path}`, text);
      let number = 0;
      for (const [key, { call, output }] of [...calls].toSorted(byKey)) {
        const stem = `commands/${String(++number).padStart(3, '0')}-${slug(key)}`;
        files.set(`${stem}.json`, json(call));
        if (output !== '') files.set(`${stem}.out`, output);
      }
      return files;
    },
  };
}

function failureOf(evidence: Extract<Evidence<unknown>, { state: 'unknown' }>): Failure {
  return { unknown: evidence.why, detail: evidence.detail };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 1)}\n`;
}

function slug(key: string): string {
  return key
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
