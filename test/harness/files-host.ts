import { known, unknown } from '../../src/host/evidence.ts';
import type { FileType, Host } from '../../src/host/host.ts';
import { maskSecrets } from '../../src/host/mask.ts';

/**
 * A repository in memory, as `aisec audit --path` sees one: its text passes the mask.
 *
 * @param files - text by path, without a leading slash; `null` is a file that is too large to read
 */
export function filesHost(files: Readonly<Record<string, string | null>>): Host {
  const texts = new Map(Object.entries(files).map(([path, text]) => [`/${path}`, text]));
  const names = new Map<string, Set<string>>([['/', new Set()]]);
  for (const path of texts.keys()) {
    const parts = path.split('/');
    for (let depth = parts.length - 1; depth > 0; depth--) {
      const directory = parts.slice(0, depth).join('/') || '/';
      const within = names.get(directory) ?? new Set();
      names.set(directory, within.add(parts[depth] ?? ''));
    }
  }
  const typeOf = (path: string): FileType | null =>
    texts.has(path) ? 'file' : names.has(path) ? 'directory' : null;
  const none = (path: string) => unknown('unsupported', 'nothing runs here', path);
  return {
    origin: { kind: 'project', name: 'memory', collectedAt: '', privileged: false, running: false },
    read: (path) => {
      const text = texts.get(path);
      const isLarge = texts.has(path) && text === null;
      return Promise.resolve(
        isLarge
          ? unknown('too-large', `${path} is larger than 4194304 bytes`, path)
          : known(text === undefined || text === null ? null : maskSecrets(text), path),
      );
    },
    list: (path) => Promise.resolve(known([...(names.get(path) ?? [])].toSorted(), path)),
    stat: (path) => {
      const type = typeOf(path);
      const stat = { mode: 0o644, uid: 0, gid: 0, size: 0, mtime: 0 };
      return Promise.resolve(known(type === null ? null : { type, ...stat }, path));
    },
    readlink: (path) => Promise.resolve(known(null, path)),
    run: (argv) => Promise.resolve(none(argv[0])),
    get: (socket) => Promise.resolve(none(socket)),
  };
}
