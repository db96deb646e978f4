import type { Evidence } from '../../host/evidence.ts';
import { knownInPart } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';
import type { ProjectFiles } from '../project-files.ts';
import { gatherServer } from './gather-server.ts';
import type { Sshd } from './server.ts';
import { readConfigTree } from './tree.ts';

const nobody = { users: [], groups: [], incomplete: null };

/** Every `sshd_config` of a project with what it includes there, and every drop-in that none of them reads. */
export async function projectServers(host: Host, files: ProjectFiles): Promise<Evidence<Sshd>> {
  const mains = files.paths.filter((path) => path.endsWith('/sshd_config'));
  const trees = await Promise.all(mains.map((path) => readConfigTree(host, path, deployedFrom(path))));
  const read = new Set(trees.flatMap((tree) => tree.files));
  const fragments = files.paths.filter(
    (path) => /\/sshd_config\.d\/[^/]+\.conf$/.test(path) && !read.has(path),
  );
  const fragmentTrees = await Promise.all(
    fragments.map((path) => readConfigTree(host, path, deployedFrom(path))),
  );
  const servers = await Promise.all([
    ...trees.map((tree) =>
      gatherServer(host, { ...common, name: tree.file.replace(/^\//, ''), kind: 'file', tree }),
    ),
    ...fragmentTrees.map((tree) =>
      gatherServer(host, { ...common, name: tree.file.replace(/^\//, ''), kind: 'fragment', tree }),
    ),
  ]);
  const gaps = files.incomplete === null ? [] : [files.incomplete];
  return knownInPart({ servers, because: 'the project holds no sshd_config' }, '/', gaps);
}

const common = { accounts: nobody, version: null, ask: false } as const;

/** What is meant for /etc/ssh lies beside the main file: `/roles/ssh/files/sshd_config` and what it includes. */
function deployedFrom(path: string): (path: string) => string {
  const beside = path.replace(/(?:\/sshd_config\.d)?\/[^/]*$/, '');
  const root = beside.endsWith('/etc/ssh') ? beside.slice(0, -'/etc/ssh'.length) : beside;
  return (wanted) =>
    wanted.startsWith('/etc/ssh/') ? `${beside}${wanted.slice('/etc/ssh'.length)}` : `${root}${wanted}`;
}
