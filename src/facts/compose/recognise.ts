import { posix } from 'node:path';
import type { Session } from './session.ts';
import { readComposeFile } from './session.ts';
import type { Mapping, Node } from './tree.ts';
import { entriesOf, valueAt } from './tree.ts';

/** Files that are looked through for services, whatever they are called. */
const mostFiles = 5000;
const atOnce = 16;

export const isYaml = (path: string) => /\.ya?ml$/i.test(path);

/**
 * Which of a project's YAML files are for Compose, or for `docker stack deploy`, though their names do not say so. One that
 * cannot be parsed is, if its top level has services as Compose does and nothing else.
 */
export async function composeAmong(
  session: Session,
  paths: readonly string[],
): Promise<{ readonly found: readonly string[]; readonly problems: readonly string[] }> {
  const found: string[] = [];
  for (let from = 0; from < Math.min(paths.length, mostFiles); from += atOnce) {
    const some = paths.slice(from, Math.min(from + atOnce, mostFiles));
    const ours = await Promise.all(some.map((path) => isCompose(session, path)));
    found.push(...some.filter((_, index) => ours[index]));
  }
  const problems =
    paths.length > mostFiles
      ? [`only the first ${String(mostFiles)} YAML files were looked through for services of Compose`]
      : [];
  return { found, problems };
}

async function isCompose(session: Session, path: string): Promise<boolean> {
  const text = await session.host.read(path);
  if (text.state === 'unknown' || text.value === null || !hasServices(text.value)) return false;
  const documents = await readComposeFile(session, path, posix.dirname(path));
  if (session.problems.splice(0).length > 0) return true;
  const services = documents.flatMap((document) => entriesOf(valueAt(document, 'services')));
  const isStack = /(?:^|[-_.])(?:stack|swarm)(?:[-_.]|$)/i.test(posix.basename(path));
  return services.length > 0 && services.every(([, { value }]) => isService(value, isStack));
}

/** Whether all that its top level has are keys of Compose, and services no list, as in a pipeline of GitLab's. */
function hasServices(text: string): boolean {
  if (!text.includes('services')) return false;
  let found = false;
  let key: string | undefined;
  for (const line of text.split('\n')) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    if (key === 'services' && /^\s*-\s/.test(line)) return false;
    const [, , own, value = ''] = /^\uFEFF?(["']?)([\w.$-]+)\1[ \t]*:(?=\s|$)(.*)$/.exec(line) ?? [];
    key = own;
    if (own === undefined) continue;
    if (!topLevel.has(own) && !own.startsWith('x-')) return false;
    if (own !== 'services') continue;
    if (value.trim().startsWith('[')) return false;
    found = true;
  }
  return found;
}

/** Compose refuses a service with another key (compose-spec, schema/compose-spec.json). */
function isService(value: Node, isStack: boolean): boolean {
  if (value.kind !== 'mapping') return false;
  // A mapping is an image of a chart's values.
  if ((valueAt(value, 'image')?.kind ?? 'scalar') !== 'scalar') return false;
  return isStack || [...value.entries.keys()].every((key) => serviceKeys.has(key) || key.startsWith('x-'));
}

/** Whether a service of these has what it runs. */
export function hasWhole(documents: readonly Mapping[]): boolean {
  return documents.some((document) =>
    entriesOf(valueAt(document, 'services')).some(([, { value }]) => isWhole(value)),
  );
}

/** Whether a service has all it needs to run. */
export function isWhole(service: Node): boolean {
  return ['image', 'build', 'extends', 'provider'].some((key) => valueAt(service, key) !== null);
}

const topLevel = new Set('version name services networks volumes configs secrets include models'.split(' '));

const serviceKeys = new Set(
  `annotations attach blkio_config build cap_add cap_drop cgroup cgroup_parent command configs container_name cpu_count
  cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares cpus cpuset credential_spec depends_on deploy
  develop device_cgroup_rules devices dns dns_opt dns_search domainname entrypoint env_file environment expose extends
  external_links extra_hosts gpus group_add healthcheck hostname image init ipc isolation label_file labels links logging
  mac_address mem_limit mem_reservation mem_swappiness memswap_limit models network_mode networks oom_kill_disable
  oom_score_adj pid pids_limit platform ports post_start pre_stop privileged profiles provider pull_policy
  pull_refresh_after read_only restart runtime scale secrets security_opt shm_size stdin_open stop_grace_period
  stop_signal storage_opt sysctls tmpfs tty ulimits use_api_socket user userns_mode uts volumes volumes_from
  working_dir`.split(/\s+/),
);
