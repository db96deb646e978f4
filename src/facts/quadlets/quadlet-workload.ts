import { parseContainerRun } from '../units/container-run.ts';
import { parseFlags } from '../units/run-arguments.ts';
import { words } from '../units/words.ts';
import type { Place, Places, Setting } from '../workloads/setting.ts';
import type { Workload } from '../workloads/workload.ts';
import type { Doubt, Quadlet, QuadletLine } from './quadlet-file.ts';
import { doubtAt, lastOf, linesOf } from './quadlet-file.ts';
import { inherited, podDoubts } from './pod.ts';
import { runCommandOf } from './run-command.ts';
import { volumeDoubts } from './volume.ts';

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
  PublishPort: 'ports',
  ReadOnly: 'readOnly',
  SeccompProfile: 'securityOpt',
  Tmpfs: 'mounts',
  Unmask: 'maskedPaths',
  User: 'user',
  UserNS: 'userns',
  Volume: 'mounts',
};

/** Which setting a flag in PodmanArgs= is. */
const flagSettings: Readonly<Record<string, Setting>> = {
  ...inherited,
  ...{ 'cap-add': 'capAdd', 'cap-drop': 'capDrop', env: 'environment', ipc: 'ipc', label: 'labels' },
  ...{ mount: 'mounts', privileged: 'privileged', 'read-only': 'readOnly', user: 'user' },
};

/** The container that a `.container` starts; `null` when it names no image, which the generator refuses. */
export function workloadOfQuadlet(quadlet: Quadlet, others: ReadonlyMap<string, Quadlet>): Workload | null {
  if (lastOf(quadlet, 'Container', 'Image') === '') return null;
  const workload = parseContainerRun(runCommandOf(quadlet, others), quadlet.path);
  if (workload === null) return null;
  return {
    ...workload,
    mapsRoot: quadlet.rootless === true || isMapped(workload.namespaces.user),
    places: placesOf(quadlet, others),
    unsettled: new Map([...workload.unsettled, ...doubtsOf(quadlet, others)]),
  };
}

function doubtsOf(quadlet: Quadlet, others: ReadonlyMap<string, Quadlet>): readonly Doubt[] {
  const devices = linesOf(quadlet, 'Container', 'AddDevice').filter(({ value }) => /[%$]/.test(value));
  return [
    ...devices.map((line) => doubtAt('devices', line, `leaves open which device ${line.value} is`)),
    ...volumeDoubts(quadlet, 'Container', others),
    ...podDoubts(quadlet, others),
  ];
}

/** `keep-id` too makes the container's user 0 one of the subordinate ids; podman-run(1), --userns. */
function isMapped(user: string): boolean {
  return /^(?:auto|keep-id|nomap)(?::|$)/.test(user);
}

/** Of its pod, what it gets of this; its own lines count over them. */
function placesOf(quadlet: Quadlet, others: ReadonlyMap<string, Quadlet>): Places {
  const places = new Map<string, Place>();
  const pod = others.get(lastOf(quadlet, 'Container', 'Pod'));
  const own = quadlet.lines.filter(({ section }) => section === 'Container');
  const [first] = own;
  if (first !== undefined) places.set('workload', placeOf(first));
  for (const line of [...(pod?.lines.filter(({ section }) => section === 'Pod') ?? []), ...own]) {
    for (const [setting, value] of settingsIn(line)) {
      places.set(setting, placeOf(line));
      for (const entry of entriesOf(setting, value)) places.set(`${setting} ${entry}`, placeOf(line));
    }
  }
  return places;
}

function settingsIn({ key, value }: QuadletLine): readonly (readonly [Setting, string])[] {
  if (key === 'PodmanArgs') {
    const { flags } = parseFlags(words(value) ?? [value], 0);
    return [...flags].flatMap(([flag, values]) => {
      const setting = flagSettings[flag];
      return setting === undefined ? [] : values.map((each) => [setting, each] as const);
    });
  }
  const setting = settings[key];
  return setting === undefined ? [] : [[setting, value]];
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
