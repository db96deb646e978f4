import { posix } from 'node:path';
import type { Host } from '../../host/host.ts';
import { expandPath } from '../units/specifiers.ts';
import { resolved } from '../workloads/mount-source.ts';
import type { Mount } from '../workloads/workload.ts';
import type { Quadlet } from './quadlet-file.ts';

/** Where the mounts of a quadlet lead. A relative source starts where its file lies; podman-systemd.unit(5). */
export async function placedMounts(
  host: Host,
  quadlet: Quadlet,
  mounts: readonly Mount[],
): Promise<readonly Mount[]> {
  return Promise.all(mounts.map((mount) => placed(host, quadlet, mount)));
}

async function placed(host: Host, quadlet: Quadlet, mount: Mount): Promise<Mount> {
  if (mount.type !== 'bind') return mount;
  const { source } = mount;
  const read = managersOf(quadlet).map((manager) =>
    expandPath(source, quadlet.name.replace(/\.[a-z]+$/, '.service'), manager, quadlet.home),
  );
  const paths = [...new Set(read.flatMap((path) => path ?? []))];
  if (read.includes(null)) return { ...mount, real: null };
  // `%p-data` is a volume's name.
  if (paths.every((path) => !/^[/.~]|\$|\//.test(path))) return { ...mount, type: 'volume', real: source };
  const from = posix.dirname(quadlet.path);
  const [first, ...others] = await Promise.all(
    paths.map((path) => resolved(host, { ...mount, source: path, from })),
  );
  if (first === undefined) return mount;
  if (others.length === 0) return first;
  const otherwise = others.flatMap(({ real }) => real ?? []);
  return { ...first, source, otherwise };
}

function managersOf({ rootless }: Quadlet): readonly ('system' | 'user')[] {
  if (rootless === null) return ['system', 'user'];
  return rootless ? ['user'] : ['system'];
}
