import type { Host } from '../../host/host.ts';
import { parseFlatToml } from '../gpu/toml.ts';

/** Where a storage.conf puts containers; `null` where it does not say. See containers-storage.conf(5). */
export interface StorageConf {
  /** Whether there is such a file, read or not. */
  readonly present: boolean;
  /** Of whom it is for: root's, or the user's in whose home the file is. */
  readonly graphroot: string | null;
  /** Of every user without root, with `$HOME`, `$USER` and `$UID` in it. */
  readonly rootlessPath: string | null;
  /** What was not understood, one sentence each. */
  readonly gaps: readonly string[];
}

/** A file that may not be read is a gap: the containers of a moved storage would go unseen. */
export async function readStorageConf(host: Host, file: string): Promise<StorageConf> {
  const text = await host.read(file);
  if (text.state === 'unknown') return { ...absent, present: true, gaps: [hidden(file, 'may not be read')] };
  if (text.value === null) return absent;
  const written = text.value;
  const { values } = parseFlatToml(written);
  const pathOf = (key: string) => {
    const value = values.get(`storage.${key}`)?.value;
    return typeof value === 'string' && value !== '' ? value.replace(/(?<=.)\/+$/, '') : null;
  };
  const notUnderstood = ['graphroot', 'rootless_storage_path'].filter(
    (key) => !values.has(`storage.${key}`) && new RegExp(`^[^#\n]*\\b${key}\\b`, 'm').test(written),
  );
  // "graph\u0072oot" is one of them as well.
  const isDisguised = /^[ \t]*"[^"\n]*\\/m.test(written);
  return {
    present: true,
    graphroot: pathOf('graphroot'),
    rootlessPath: pathOf('rootless_storage_path'),
    gaps: [...notUnderstood, ...(isDisguised ? ['name with escapes'] : [])].map((what) =>
      hidden(file, `has a ${what} that was not understood`),
    ),
  };
}

const absent: StorageConf = { present: false, graphroot: null, rootlessPath: null, gaps: [] };

function hidden(file: string, why: string): string {
  return `${file} ${why}: where Podman keeps containers is not known`;
}

/** Root's files, the one that counts first: it replaces the other. */
export async function systemStorageConfs(host: Host): Promise<readonly [StorageConf, StorageConf]> {
  const [own, vendor] = await Promise.all([
    readStorageConf(host, '/etc/containers/storage.conf'),
    readStorageConf(host, '/usr/share/containers/storage.conf'),
  ]);
  return own.present ? [own, vendor] : [vendor, own];
}

/** A path for one user; `null` where a variable in it is not known. */
export function expanded(
  path: string,
  { home, user, uid }: { home: string; user: string; uid: number | null },
): string | null {
  const known: Readonly<Record<string, string | undefined>> = {
    HOME: home,
    USER: user,
    UID: uid?.toString(),
  };
  const whole = path.replace(
    /\$(?:\{(\w+)\}|(\w+))/g,
    (variable, braced?: string, bare?: string) => known[braced ?? bare ?? ''] ?? variable,
  );
  return whole.includes('$') ? null : whole;
}
