import { defineFact } from '../../engine/fact.ts';
import type { FactReader } from '../../engine/fact.ts';
import type { Evidence } from '../../host/evidence.ts';
import { gapsOf, known, knownInPart } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';
import { projectFilesFact } from '../project-files.ts';
import type { Engine } from './engine.ts';
import { enginesFact } from './engine.ts';
import type { EngineOptions } from './engine-options.ts';
import { optionsOfFile } from './engine-options.ts';

/** How a Docker Engine is set up: the one of this host, or one that a file of a project is for. */
export interface EngineConfiguration {
  /** The engine's name, or the file's path in the project. */
  readonly subject: string;
  /** The daemon.json to edit. */
  readonly file: string;
  readonly options: EngineOptions;
  /** An engine of this host; `null` for a file of a project, where what is not written is a default. */
  readonly engine: Engine | null;
}

/** Every engine configuration there is; empty on a host without an engine. */
export const engineConfigurationsFact = defineFact<readonly EngineConfiguration[]>({
  id: 'engine-configurations',
  kinds: ['live', 'rootfs', 'snapshot', 'project'],
  gather: async (host, read) => {
    if (host.origin.kind === 'project') return inProject(host, read);
    const engines = await read(enginesFact);
    if (engines.state === 'unknown') return engines;
    if (engines.value.length === 0) return knownInPart([], engines.source, gapsOf(engines));
    // What its settings lack is told by an engine's own `unread`.
    return known(
      engines.value.map((engine) => ({
        subject: engine.name,
        file: engine.configFile,
        options: engine.options,
        engine,
      })),
      engines.source,
    );
  },
});

async function inProject(host: Host, read: FactReader): Promise<Evidence<readonly EngineConfiguration[]>> {
  const files = await read(projectFilesFact);
  if (files.state === 'unknown') return files;
  const candidates = files.value.paths.filter((path) => path.endsWith('/daemon.json'));
  const found: EngineConfiguration[] = [];
  const gaps: string[] = files.value.incomplete === null ? [] : [files.value.incomplete];
  for (const path of candidates) {
    const options = optionsOfFile(await host.read(path));
    const isNamed = path.endsWith('/docker/daemon.json');
    // Any program may call its configuration daemon.json: one that is no JSON object is Docker's only by its place.
    if (options.state === 'unknown') {
      if (isNamed) gaps.push(options.detail);
    } else if (isNamed || Object.keys(options.value).some((name) => ownNames.has(name))) {
      found.push({ subject: path, file: path, options: options.value, engine: null });
    }
  }
  return knownInPart(found, 'the project', gaps);
}

/** Names in a daemon.json that hardly another program has; see dockerd(8). */
const ownNames = new Set([
  ...[
    'insecure-registries',
    'registry-mirrors',
    'live-restore',
    'userland-proxy',
    'userns-remap',
    'iptables',
  ],
  ...[
    'ip6tables',
    'icc',
    'log-driver',
    'log-opts',
    'storage-driver',
    'storage-opts',
    'exec-opts',
    'data-root',
  ],
  ...['default-runtime', 'default-address-pools', 'default-ulimits', 'no-new-privileges', 'cgroup-parent'],
  ...[
    'seccomp-profile',
    'fixed-cidr',
    'fixed-cidr-v6',
    'metrics-addr',
    'containerd',
    'builder',
    'selinux-enabled',
  ],
  ...[
    'max-concurrent-downloads',
    'authorization-plugins',
    'tlsverify',
    'default-cgroupns-mode',
    'firewall-backend',
  ],
]);
