import { posix } from 'node:path';
import { gapsOf } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';
import type { NamedBuild } from '../compose/builds.ts';
import type { Quadlet } from '../quadlets/quadlet-file.ts';
import { linesOf, quadletLines } from '../quadlets/quadlet-file.ts';

/** A Dockerfile of the project that another of its files names. */
export interface NamedFile {
  readonly path: string;
  /** The file and the line that name it. */
  readonly by: string;
}

/** Files that services of Compose are built from, each once. */
export function filesOfBuilds(builds: readonly NamedBuild[]): readonly NamedFile[] {
  const files = new Map<string, NamedFile>();
  for (const { dockerfile, place } of builds) {
    if (dockerfile.kind !== 'file' || files.has(dockerfile.path)) continue;
    files.set(dockerfile.path, { path: dockerfile.path, by: `${place.file}:${String(place.line)}` });
  }
  return [...files.values()];
}

/**
 * Files that quadlets build from (`web.build`, `File=`; podman-systemd.unit(5)). A path that begins elsewhere than beside
 * the quadlet, or has systemd's specifiers in it, is not one of the project.
 */
export async function filesOfQuadlets(
  host: Host,
  paths: readonly string[],
): Promise<{ readonly files: readonly NamedFile[]; readonly gaps: readonly string[] }> {
  const quadlets = paths.filter((path) => path.endsWith('.build'));
  const texts = await Promise.all(quadlets.map((path) => host.read(path)));
  const files = quadlets.flatMap((path, index) => {
    const text = texts[index];
    if (text?.state !== 'known' || text.value === null) return [];
    const name = posix.basename(path);
    return fileOfQuadlet({ path, name, rootless: null, lines: quadletLines(path.slice(1), text.value) });
  });
  return { files, gaps: texts.filter(({ state }) => state === 'unknown').flatMap(gapsOf) };
}

function fileOfQuadlet(quadlet: Quadlet): readonly NamedFile[] {
  const file = linesOf(quadlet, 'Build', 'File').at(-1);
  const start = linesOf(quadlet, 'Build', 'SetWorkingDirectory').at(-1)?.value ?? 'unit';
  if (file === undefined || /^[/~]|%|:\/\//.test(file.value)) return [];
  if (start !== 'unit' && /^[/~]|%|:\/\/|^file$/.test(start)) return [];
  const folder = posix.relative('/', posix.dirname(quadlet.path));
  const path = posix.join(folder, start === 'unit' ? '.' : start, file.value);
  return path.startsWith('../') ? [] : [{ path: `/${path}`, by: `${file.file}:${String(file.line)}` }];
}
