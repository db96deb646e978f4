import { defineFact } from '../../engine/fact.ts';
import { known, knownInPart } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';
import { homesOf } from '../homes.ts';
import { projectFilesFact } from '../project-files.ts';
import type { Workload } from '../workloads/workload.ts';
import type { Quadlet } from './quadlet-file.ts';
import { withEnvironmentFiles } from './environment-files.ts';
import { placedMounts } from './mount-sources.ts';
import { quadletLines } from './quadlet-file.ts';
import { workloadOfQuadlet } from './quadlet-workload.ts';

/** Root's directories, the first one first: a file hides those of its name after it. */
const rootful = ['/run/containers/systemd', '/etc/containers/systemd', '/usr/share/containers/systemd'];

/** A file that was found, and whether a user's systemd reads it. */
interface FoundFile {
  readonly path: string;
  readonly rootless: boolean | null;
  readonly home?: string;
}

/** Containers that quadlets make Podman run, whether they run now or not; podman-systemd.unit(5). */
export const quadletsFact = defineFact<readonly Workload[]>({
  id: 'quadlets',
  kinds: ['live', 'rootfs', 'snapshot', 'project'],
  gather: async (host, read) => {
    if (host.origin.kind === 'project') {
      const files = await read(projectFilesFact);
      if (files.state === 'unknown') return files;
      const { paths, incomplete } = files.value;
      // A repository may hold several sets, each in its folder.
      const folders = new Map<string, FoundFile[]>();
      for (const path of paths) {
        const folder = folderOf(path);
        folders.set(folder, [...(folders.get(folder) ?? []), { path, rootless: null }]);
      }
      const found = await Promise.all([...folders.values()].map((each) => workloadsAmong(host, each)));
      return knownInPart(
        found.flatMap(({ workloads }) => workloads),
        'the project',
        [...found.flatMap(({ gaps }) => gaps), ...(incomplete === null ? [] : [incomplete])],
      );
    }
    const homes = await homesOf(host);
    const own = await Promise.all(
      (homes.state === 'known' ? homes.value : []).map((home) => ofHome(host, home)),
    );
    const rooted = await Promise.all(rootful.map((directory) => listFiles(host, directory, false)));
    const all = rooted.flatMap(({ files }) => files);
    const sets = [
      all.filter(({ rootless }) => rootless === false),
      all.filter(({ rootless }) => rootless === true),
      ...own.map(({ files }) => files),
    ];
    const found = await Promise.all(sets.map((files) => workloadsAmong(host, files)));
    const gaps = [...rooted, ...own, ...found].flatMap((each) => each.gaps);
    return knownInPart(
      found.flatMap(({ workloads }) => workloads),
      'quadlets',
      gaps,
    );
  },
});

/** `/a/web.container.d/10.conf` belongs to the folder that holds web.container. */
function folderOf(path: string): string {
  return path.replace(/(?:\/[^/]+\.[a-z]+\.d)?\/[^/]+$/, '');
}

/** Homes that may not be entered are said with other engines', all of them in one sentence. */
async function ofHome(host: Host, home: string) {
  const [found, storage] = await Promise.all([
    listFiles(host, `${home}/.config/containers/systemd`, true),
    host.list(`${home}/.local/share/containers/storage`),
  ]);
  const files = found.files.map((file) => ({ ...file, home }));
  return { files, gaps: storage.state === 'unknown' ? [] : found.gaps };
}

/** Directories below count too; those under `users` are read by users' systemd alone. */
async function listFiles(
  host: Host,
  directory: string,
  rootless: boolean,
  depth = 3,
): Promise<{ files: FoundFile[]; gaps: string[] }> {
  const names = await host.list(directory);
  if (names.state === 'unknown') {
    return {
      files: [],
      gaps: [`${directory} may not be read: run as root to see whether containers are in it`],
    };
  }
  const found = await Promise.all(
    (names.value ?? []).map(async (name) => {
      const path = `${directory}/${name}`;
      const isDirectory = !name.includes('.') || name.endsWith('.d');
      if (!isDirectory) return { files: [{ path, rootless }], gaps: [] };
      return depth > 0
        ? listFiles(host, path, rootless || name === 'users', depth - 1)
        : { files: [], gaps: [] };
    }),
  );
  return { files: found.flatMap(({ files }) => files), gaps: found.flatMap(({ gaps }) => gaps) };
}

async function workloadsAmong(host: Host, files: readonly FoundFile[]) {
  const gaps: string[] = [];
  const quadlets = new Map<string, Quadlet>();
  for (const { path, rootless, home } of files) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (!/^[^.][^/]*\.(?:container|pod|volume|network|image|build)$/.test(name) || quadlets.has(name))
      continue;
    // A link to /dev/null, or an empty file, hides what has its name.
    const link = await host.readlink(path);
    const isMask = link.state === 'known' && link.value === '/dev/null';
    const text = isMask ? known(null, path) : await host.read(path);
    if (text.state === 'unknown') {
      gaps.push(`${path} was not read: ${text.detail}`);
      continue;
    }
    const more = await dropInsOf(host, name, files);
    gaps.push(...more.gaps);
    quadlets.set(name, {
      path,
      name,
      rootless,
      ...(home === undefined ? {} : { home }),
      lines: [...quadletLines(path, text.value ?? ''), ...more.lines],
    });
  }
  const kubes = files.filter(({ path }) => path.endsWith('.kube'));
  gaps.push(
    ...kubes.map(({ path }) => `${path} makes Podman run pods of a Kubernetes file, and is not read`),
  );
  const workloads: Workload[] = [];
  for (const quadlet of quadlets.values()) {
    if (!quadlet.name.endsWith('.container') || quadlet.lines.length === 0) continue;
    const workload = workloadOfQuadlet(quadlet, quadlets);
    if (workload === null) gaps.push(`${quadlet.path} names no image: what it runs is not read`);
    else {
      const mounts = await placedMounts(host, quadlet, workload.mounts);
      workloads.push(await withEnvironmentFiles(host, quadlet, { ...workload, mounts }));
    }
  }
  return { workloads, gaps };
}

/** By file name, the first of each: `web.container.d/*.conf`, those of `web-.container.d` and of `container.d`. */
async function dropInsOf(host: Host, name: string, files: readonly FoundFile[]) {
  const [, stem = '', type = ''] = /^(.*)\.([a-z]+)$/.exec(name) ?? [];
  const prefixes = [...stem.matchAll(/-/g)].map(({ index }) => `${stem.slice(0, index + 1)}.${type}.d`);
  const directories = [`${name}.d`, ...prefixes.toReversed(), `${type}.d`];
  const chosen = new Map<string, string>();
  for (const directory of directories) {
    for (const { path } of files) {
      const [, folder, file = ''] = /\/([^/]+)\/([^/]+\.conf)$/.exec(path) ?? [];
      if (folder === directory && !chosen.has(file)) chosen.set(file, path);
    }
  }
  const ordered = [...chosen].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path);
  const texts = await Promise.all(ordered.map(async (path) => ({ path, text: await host.read(path) })));
  return {
    lines: texts.flatMap(({ path, text }) =>
      text.state === 'known' ? quadletLines(path, text.value ?? '') : [],
    ),
    gaps: texts.flatMap(({ path, text }) =>
      text.state === 'known' ? [] : [`${path} was not read: ${text.detail}`],
    ),
  };
}
