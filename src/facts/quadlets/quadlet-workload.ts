import { parseContainerRun } from '../units/container-run.ts';
import { words } from '../units/words.ts';
import type { Place, Places, Setting } from '../workloads/setting.ts';
import type { Workload } from '../workloads/workload.ts';
import type { Quadlet, QuadletLine } from './quadlet-file.ts';
import { lastOf, linesOf } from './quadlet-file.ts';
import { runCommandOf } from './run-command.ts';

/** Which setting a key of [Container] is. */
const settings: Readonly<Record<string, Setting>> = {
  AddCapability: 'capAdd',
  AddDevice: 'devices',
  DropCapability: 'capDrop',
  Environment: 'environment',
  Exec: 'command',
  GroupAdd: 'groups',
  HealthCmd: 'healthcheck',
  Image: 'image',
  Label: 'labels',
  Memory: 'memory',
  Mount: 'mounts',
  Network: 'network',
  NoNewPrivileges: 'securityOpt',
  PidsLimit: 'pids',
  PodmanArgs: 'privileged',
  PublishPort: 'ports',
  ReadOnly: 'readOnly',
  SeccompProfile: 'securityOpt',
  Tmpfs: 'mounts',
  Unmask: 'maskedPaths',
  User: 'user',
  UserNS: 'userns',
  Volume: 'mounts',
};

/** The container that a `.container` starts; `null` when it names no image, which the generator refuses. */
export function workloadOfQuadlet(quadlet: Quadlet, others: ReadonlyMap<string, Quadlet>): Workload | null {
  if (lastOf(quadlet, 'Container', 'Image') === '') return null;
  const workload = parseContainerRun(runCommandOf(quadlet, others), quadlet.path);
  if (workload === null) return null;
  const fromFile = linesOf(quadlet, 'Container', 'EnvironmentFile').length > 0;
  return {
    ...workload,
    unseen: fromFile ? ['environment'] : [],
    mapsRoot: quadlet.rootless === true || isMapped(workload.namespaces.user),
    places: placesOf(quadlet),
  };
}

/** `keep-id` too makes the container's user 0 one of the subordinate ids; podman-run(1), --userns. */
function isMapped(user: string): boolean {
  return /^(?:auto|keep-id|nomap)(?::|$)/.test(user);
}

function placesOf(quadlet: Quadlet): Places {
  const places = new Map<string, Place>();
  const own = quadlet.lines.filter(({ section }) => section === 'Container');
  const [first] = own;
  if (first !== undefined) places.set('workload', placeOf(first));
  for (const line of own) {
    const setting = settings[line.key];
    if (setting === undefined) continue;
    places.set(setting, placeOf(line));
    for (const entry of entriesOf(setting, line.value)) places.set(`${setting} ${entry}`, placeOf(line));
  }
  return places;
}

function placeOf({ file, line }: QuadletLine): Place {
  return { file, line, column: 1 };
}

/** What a line adds to a list or map, as {@link Places} has it. */
function entriesOf(setting: Setting, value: string): string[] {
  switch (setting) {
    case 'capAdd':
    case 'capDrop':
      return (words(value) ?? []).map((name) => name.toUpperCase().replace(/^CAP_/, ''));
    case 'environment':
    case 'labels':
      return (words(value) ?? []).map((pair) => pair.replace(/=[\s\S]*$/, ''));
    case 'mounts':
      return [/(?:^|,)(?:target|destination|dst)=([^,]*)/.exec(value)?.[1] ?? value.split(':')[1] ?? value];
    case 'devices':
      return [value.replace(/^-/, '').replace(/:.*$/, '')];
    case 'ports': {
      const [, port, proto = 'tcp'] = /(\d+)(?:\/(tcp|udp|sctp))?$/.exec(value) ?? [];
      return port === undefined ? [] : [`${port}/${proto}`];
    }
    default:
      return [];
  }
}
