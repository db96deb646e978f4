import { workloadOf } from '../../src/facts/workloads/docker-inspect.ts';
import { Inspect } from '../../src/facts/workloads/inspect-format.ts';
import type { Workload } from '../../src/facts/workloads/workload.ts';
import { dockerContainer } from './docker-container.ts';

/** A workload read from an inspect with these changes. */
export function workload(
  name: string,
  changes: Parameters<typeof dockerContainer>[1] = {},
  context: {
    readonly defaultRuntime?: string | null;
    readonly boundVolumes?: ReadonlyMap<string, string>;
  } = {},
): Workload {
  return workloadOf(Inspect.parse(dockerContainer(name, changes)), {
    origin: `docker inspect ${name}`,
    engine: '/run/docker.sock',
    directory: '/var/lib/docker/containers/x',
    defaultRuntime: 'runc',
    boundVolumes: new Map(),
    ...context,
  });
}

/** An engine of version 20.10 with its defaults. */
export const engine = {
  name: 'Docker Engine',
  version: '20.10.24',
  running: true,
  unheard: null,
  sockets: [
    { path: '/run/docker.sock', stat: null, named: { state: 'known', value: [], source: 'getfacl' } },
  ],
  options: {},
  told: {},
  unread: [],
  drift: null,
  configFile: '/etc/docker/daemon.json',
  rootless: false,
  account: null,
  swarm: false,
  cgroupVersion: '2',
  authorizationPlugins: [],
  runc: null,
  userns: false,
  noNewPrivileges: false,
  seccomp: 'default',
  appArmor: 'on',
  defaultRuntime: 'runc',
  runtimes: ['runc'],
  dataRoot: '/var/lib/docker',
} as const;
