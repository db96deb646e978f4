import { defineFact } from '../../engine/fact.ts';
import type { Evidence } from '../../host/evidence.ts';
import { gapsOf, known, knownInPart } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';
import type { ProjectFiles } from '../project-files.ts';
import { projectFilesFact } from '../project-files.ts';
import type { IniError } from './ini.ts';
import type { Jail } from './jail.ts';
import { jailsOf } from './jails.ts';
import { parseServices } from './ports.ts';
import { readTree } from './read-tree.ts';

/** What the files of one fail2ban directory say. */
export interface JailConfiguration {
  readonly jails: readonly Jail[];
  /** Why fail2ban cannot start with these files; there are no jails then. */
  readonly invalid: IniError | null;
  /** The files that were merged, in order. */
  readonly files: readonly string[];
}

/** The merged jails of /etc/fail2ban, or of a project's own such directories; `null` when there are none. */
export const jailConfigurationFact = defineFact<JailConfiguration | null>({
  id: 'fail2ban-configuration',
  kinds: ['live', 'rootfs', 'snapshot', 'project'],
  gather: async (host, read) =>
    host.origin.kind === 'project'
      ? ofProject(host, await read(projectFilesFact))
      : readJails(host, '/etc/fail2ban'),
});

async function ofProject(
  host: Host,
  files: Evidence<ProjectFiles>,
): Promise<Evidence<JailConfiguration | null>> {
  if (files.state === 'unknown') return files;
  const { paths, incomplete } = files.value;
  const directories = paths.flatMap(
    (path) => /^(.*)\/jail(?:\.(?:conf|local)|\.d\/[^/]+\.(?:conf|local))$/.exec(path)?.[1] ?? [],
  );
  const read = await Promise.all([...new Set(directories)].map((directory) => readJails(host, directory)));
  const found = read.flatMap((each) => (each.state === 'known' && each.value !== null ? [each.value] : []));
  const gaps = [...read.flatMap(gapsOf), ...(incomplete === null ? [] : [incomplete])];
  const whole = {
    jails: found.flatMap(({ jails }) => jails),
    invalid: found.find(({ invalid }) => invalid !== null)?.invalid ?? null,
    files: found.flatMap((each) => each.files),
  };
  return knownInPart(found.length === 0 ? null : whole, files.source, gaps);
}

/** @param directory - where jail.conf, jail.d, filter.d and action.d lie */
export async function readJails(host: Host, directory: string): Promise<Evidence<JailConfiguration | null>> {
  const [tree, filters, actions, services] = await Promise.all([
    readTree(host, directory),
    host.list(`${directory}/filter.d`),
    host.list(`${directory}/action.d`),
    host.read('/etc/services'),
  ]);
  if (tree.state === 'unread') return tree.unread;
  if (tree.state === 'invalid') return known({ jails: [], invalid: tree.error, files: [] }, directory);
  if (tree.files.length === 0) return known(null, directory);
  const at = (value: string) => ({ value, source: directory, line: 1 });
  tree.ini.defaults.set('fail2ban_version', at('unknown'));
  tree.ini.defaults.set('fail2ban_confpath', at(directory));
  const names = (list: Evidence<readonly string[] | null>) => (list.state === 'known' ? list.value : null);
  const result = jailsOf(tree.ini, {
    filters: names(filters),
    actions: names(actions),
    services: parseServices((services.state === 'known' && services.value) || ''),
    fragment: !tree.files.includes(`${directory}/jail.conf`),
  });
  const { files } = tree;
  return known(
    result.ok ? { jails: result.jails, invalid: null, files } : { jails: [], invalid: result.error, files },
    directory,
  );
}
