import { parseFlags } from '../units/run-arguments.ts';
import { words } from '../units/words.ts';
import type { Setting } from '../workloads/setting.ts';
import type { Doubt, Quadlet, QuadletLine } from './quadlet-file.ts';
import { doubtAt, lastOf, linesOf, madeName } from './quadlet-file.ts';
import { mountWithVolume, volumeDoubts } from './volume.ts';

/** Keys of [Pod] that every container in it gets, as flags; podman-systemd.unit(5), "Pod units". */
const keys: Readonly<Record<string, string>> = {
  GIDMap: 'gidmap',
  PublishPort: 'publish',
  UIDMap: 'uidmap',
  UserNS: 'userns',
  Volume: 'volume',
};

/** Flags of podman-pod-create(1) that its containers get, and what they set. */
export const inherited: Readonly<Record<string, Setting>> = {
  cpus: 'cpus',
  'cpuset-cpus': 'cpus',
  device: 'devices',
  gidmap: 'userns',
  gpus: 'gpu',
  memory: 'memory',
  network: 'network',
  pid: 'pid',
  publish: 'ports',
  'security-opt': 'securityOpt',
  uidmap: 'userns',
  userns: 'userns',
  uts: 'uts',
  volume: 'mounts',
};

/** Those that change nothing of what is judged. */
const harmless = new Set([
  ...['add-host', 'blkio-weight', 'blkio-weight-device', 'cgroup-parent', 'cpu-shares', 'cpuset-mems'],
  ...['device-read-bps', 'device-write-bps', 'dns', 'dns-option', 'dns-search', 'exit-policy', 'hostname'],
  ...[
    'infra-command',
    'infra-conmon-pidfile',
    'infra-image',
    'infra-name',
    'ip',
    'ip6',
    'label',
    'label-file',
  ],
  ...['mac-address', 'memory-swap', 'name', 'network-alias', 'no-hostname', 'no-hosts', 'pod-id-file'],
  ...[
    'replace',
    'restart',
    'share-parent',
    'shm-size',
    'shm-size-systemd',
    'subgidname',
    'subuidname',
    'sysctl',
  ],
]);

const harmlessKeys = new Set([
  ...[
    'AddHost',
    'DNS',
    'DNSOption',
    'DNSSearch',
    'ExitPolicy',
    'HostName',
    'IP',
    'IP6',
    'Label',
    'NetworkAlias',
  ],
  ...['PodName', 'ServiceName', 'ShmSize', 'StopTimeout', 'SubGIDMap', 'SubUIDMap'],
]);

/** What a container gets of its pod; where no file tells of this, the network is one that is not known. */
export function podFlags(quadlet: Quadlet, others: ReadonlyMap<string, Quadlet>): string[] {
  const name = lastOf(quadlet, 'Container', 'Pod');
  const pod = others.get(name);
  if (pod === undefined) return [`--network=container:${name}`];
  const fromKeys = Object.entries(keys).flatMap(([key, flag]) =>
    linesOf(pod, 'Pod', key).map(({ value }) => `--${flag}=${mountWithVolume(value, others)}`),
  );
  const given = [...flagsOf(pod)].flatMap(([flag, values]) =>
    flag in inherited ? values.map((value) => `--${flag}=${value}`) : [],
  );
  return [...networkFlags(pod, 'Pod', others), ...fromKeys, ...given];
}

function flagsOf(pod: Quadlet): ReadonlyMap<string, readonly string[]> {
  const given = linesOf(pod, 'Pod', 'PodmanArgs').flatMap(({ value }) => words(value) ?? [value]);
  return parseFlags(given, 0).flags;
}

/** What is not known of a container because of its pod. That every pass rests on `privileged` takes them all back. */
export function podDoubts(quadlet: Quadlet, others: ReadonlyMap<string, Quadlet>): readonly Doubt[] {
  const [line] = linesOf(quadlet, 'Container', 'Pod').slice(-1);
  if (line === undefined) return [];
  const pod = others.get(line.value);
  if (pod === undefined)
    return [doubtAt('privileged', line, `puts it in ${line.value}, which is not beside it`)];
  return [...strangeFlags(pod), ...strangeKeys(pod), ...volumeDoubts(pod, 'Pod', others)];
}

function strangeFlags(pod: Quadlet): readonly Doubt[] {
  return linesOf(pod, 'Pod', 'PodmanArgs').flatMap((line) => {
    const given = words(line.value) ?? [line.value];
    const { flags, next } = parseFlags(given, 0);
    const strange = [...flags.keys()].filter((flag) => !(flag in inherited) && !harmless.has(flag));
    return [...strange.map((flag) => `--${flag}`), ...given.slice(next, next + 1)].map((word) =>
      notRead(line, word),
    );
  });
}

function strangeKeys(pod: Quadlet): readonly Doubt[] {
  const isRead = (key: string) =>
    key in keys || harmlessKeys.has(key) || ['Network', 'PodmanArgs'].includes(key);
  return pod.lines
    .filter(({ section, key }) => section === 'Pod' && !isRead(key))
    .map((line) => notRead(line, `${line.key}=`));
}

function notRead(line: QuadletLine, what: string): Doubt {
  return doubtAt('privileged', line, `gives its pod ${what}, and what that gives a container is not read`);
}

export function networkFlags(
  quadlet: Quadlet,
  section: string,
  others: ReadonlyMap<string, Quadlet>,
): string[] {
  return linesOf(quadlet, section, 'Network').map(({ value }) => {
    const [name = ''] = value.split(':');
    const made = others.get(name);
    if (name.endsWith('.network')) {
      return `--network=${made === undefined ? `systemd-${name.slice(0, -'.network'.length)}` : madeName(made, 'Network', 'NetworkName')}`;
    }
    if (name.endsWith('.container')) {
      const plain = `systemd-${name.slice(0, -'.container'.length)}`;
      return `--network=container:${made === undefined ? plain : madeName(made, 'Container', 'ContainerName')}`;
    }
    return `--network=${value}`;
  });
}
