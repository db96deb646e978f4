import { parse as parseYaml } from 'yaml';
import type { Evidence } from './evidence.ts';
import { known, unknown } from './evidence.ts';
import type { CommandResult, FileStat, Host, HttpResponse } from './host.ts';
import type { Failure, PathRecord } from './snapshot-format.ts';
import { Call, Recording, SnapshotError, SnapshotHeader } from './snapshot-format.ts';
import type { SnapshotStore } from './snapshot-store.ts';

/**
 * A host replayed from what was recorded of it.
 *
 * @throws SnapshotError when the store holds no snapshot that this version understands
 */
export async function snapshotHost(store: SnapshotStore): Promise<Host> {
  const header = await load(store, 'host.yaml', (text) => SnapshotHeader.parse(parseYaml(text)));
  if (header === null) throw new SnapshotError(`${store.name}: no host.yaml: this is not a snapshot`);
  const recording = await load(store, 'recording.json', (text) => Recording.parse(JSON.parse(text)));
  const paths = new Map(Object.entries(recording ?? {}));
  const calls = await loadCalls(store);
  const tree = header.unrecorded === 'absent' ? treeOf(store, paths) : null;

  const never = (source: string) =>
    unknown('unsupported', `${source} was not recorded in this snapshot`, source);

  /** Answers from the record, else from the files themselves, else that it is not known. */
  const answer = <T extends string | object>(
    path: string,
    record: T | Failure | null | undefined,
    fromFiles: (tree: FileTree) => T | null,
  ): Evidence<T | null> => {
    if (record === null) return known(null, path);
    if (record !== undefined) return isFailure(record) ? failure(record, path) : known(record, path);
    return tree === null ? never(path) : known(fromFiles(tree), path);
  };

  const callOf = (key: string) => calls.get(key);

  return {
    origin: {
      kind: 'snapshot',
      name: header.name,
      collectedAt: header.collectedAt,
      privileged: header.privileged,
      running: header.running,
    },
    read: async (path) => {
      const recorded = answer(path, paths.get(path)?.read, (files) =>
        files.get(path) === null ? 'text' : null,
      );
      if (recorded.state === 'unknown') return recorded;
      if (recorded.value === null) return known(null, path);
      const text = await store.text(`files${path}`);
      return text === null ? never(path) : known(text, path);
    },
    list: (path) => Promise.resolve(answer(path, paths.get(path)?.list, (files) => files.get(path) ?? null)),
    stat: (path) => Promise.resolve(answer(path, paths.get(path)?.stat, (files) => statIn(files, path))),
    readlink: (path) => Promise.resolve(answer(path, paths.get(path)?.readlink, () => null)),
    run: async (argv) => {
      const source = argv.join(' ');
      const call = callOf(`run ${source}`);
      if (call === undefined) {
        return tree === null ? never(source) : unknown('tool-missing', `${argv[0]} is not installed`, source);
      }
      if ('unknown' in call.call) return failure(call.call, source);
      if (!('argv' in call.call)) return never(source);
      const { exitCode, stderr } = call.call;
      const result: CommandResult = { exitCode, stdout: await call.output(), stderr };
      return known(result, source);
    },
    get: async (socket, path) => {
      const source = `GET ${socket}${path}`;
      const call = callOf(`get ${socket} ${path}`);
      if (call === undefined) return tree === null ? never(source) : known(null, source);
      if ('unknown' in call.call) return failure(call.call, source);
      if (!('socket' in call.call)) return never(source);
      const { status } = call.call;
      if (status === null) return known(null, source);
      const response: HttpResponse = { status, body: await call.output() };
      return known(response, source);
    },
  };
}

interface StoredCall {
  readonly call: Call;
  output(): Promise<string>;
}

async function loadCalls(store: SnapshotStore): Promise<Map<string, StoredCall>> {
  const names = store.names.filter((name) => /^commands\/.*\.json$/.test(name));
  const calls = await Promise.all(
    names.map(async (name): Promise<[string, StoredCall]> => {
      const call = await load(store, name, (text) => Call.parse(JSON.parse(text)));
      if (call === null) throw new SnapshotError(`${store.name}: ${name} went away`);
      const output = async () => (await store.text(name.replace(/json$/, 'out'))) ?? '';
      const key = 'argv' in call ? `run ${call.argv.join(' ')}` : `get ${call.socket} ${call.path}`;
      return [key, { call, output }];
    }),
  );
  return new Map(calls);
}

async function load<T>(store: SnapshotStore, name: string, parse: (text: string) => T): Promise<T | null> {
  const text = await store.text(name);
  if (text === null) return null;
  try {
    return parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SnapshotError(`${store.name}: ${name} is not what a snapshot holds there: ${reason}`);
  }
}

/** Names by directory; `null` for a file. */
type FileTree = ReadonlyMap<string, string[] | null>;

/** The directories that follow from the files' names and from what else was recorded to be there. */
function treeOf(store: SnapshotStore, paths: ReadonlyMap<string, PathRecord>): FileTree {
  const tree = new Map<string, string[] | null>([['/', []]]);
  const files = store.names
    .filter((name) => name.startsWith('files/'))
    .map((name) => name.slice('files'.length));
  const others = [...paths].filter(([, { stat, readlink }]) => stat ?? readlink).map(([path]) => path);
  for (const path of [...files, ...others]) {
    const parts = path.split('/').filter(Boolean);
    let at = '';
    for (const [index, part] of parts.entries()) {
      const parent = at === '' ? '/' : at;
      at = `${at}/${part}`;
      const names = tree.get(parent) ?? [];
      if (!names.includes(part)) names.push(part);
      tree.set(parent, names.toSorted());
      if (!tree.has(at)) tree.set(at, index === parts.length - 1 ? null : []);
    }
  }
  return tree;
}

function statIn(tree: FileTree, path: string): FileStat | null {
  const found = tree.get(path);
  if (found === undefined) return null;
  const directory = found !== null;
  const type = directory ? 'directory' : 'file';
  return { type, mode: directory ? 0o755 : 0o644, uid: 0, gid: 0, size: 0, mtime: 0 };
}

function isFailure(record: unknown): record is Failure {
  return typeof record === 'object' && record !== null && 'unknown' in record;
}

function failure(record: Failure, source: string): Evidence<never> {
  return unknown(record.unknown, record.detail, source);
}
