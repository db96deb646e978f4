import type { Inspect } from '../workloads/inspect-format.ts';
import { workloadOf } from '../workloads/docker-inspect.ts';
import type { Setting } from '../workloads/setting.ts';
import type { Workload } from '../workloads/workload.ts';
import { mountOfOption, mountOfVolume } from './run-mounts.ts';
import { portBindings } from './run-ports.ts';
import type { RunArguments } from './run-arguments.ts';
import { parseRunArguments } from './run-arguments.ts';
import { parseSize } from './values.ts';

/**
 * The container that a `docker run` or `podman run` command line starts, as far as its arguments say: the
 * image's own user, environment, command and health check are not among them.
 *
 * @param owner - names it where `--name` does not, and is cited: a unit
 * @returns `null` when the command starts none
 */
export function parseContainerRun(argv: readonly string[], owner: string): Workload | null {
  const run = parseRunArguments(argv);
  if (run === null) return null;
  const workload = workloadOf(inspectOf(run, owner), {
    origin: owner,
    engine: null,
    directory: null,
    defaultRuntime: null,
    boundVolumes: new Map(),
  });
  // What the engine does when it is not told depends on its version and the kernel's.
  const cgroup = run.flags.get('cgroupns')?.at(-1) ?? 'default';
  const namespaces = { ...workload.namespaces, cgroup };
  const unsettled = new Map(doubtsOf(run, owner));
  return { ...workload, namespaces, unsettled, source: run.engine, id: null, state: 'declared' };
}

/** Flags that take settings from elsewhere; what a pod gives may be anything. docker-run(1), podman-run(1). */
const borrowing: Readonly<Record<string, Setting>> = {
  'env-file': 'environment',
  'label-file': 'labels',
  pod: 'privileged',
  'pod-id-file': 'privileged',
  'volumes-from': 'mounts',
};

function doubtsOf({ flags }: RunArguments, owner: string): readonly (readonly [Setting, string])[] {
  const borrowed = Object.entries(borrowing).flatMap(([flag, setting]) =>
    (flags.get(flag) ?? []).map(
      (value) => [setting, `the command of ${owner} takes it from ${value} (--${flag})`] as const,
    ),
  );
  // Podman's alone: every path that a pattern matches.
  const isGlob = flags.get('mount')?.some((value) => /(?:^|,)type=glob(?:,|$)/.test(value)) === true;
  const matched = ['mounts', `the command of ${owner} mounts what a pattern matches (type=glob)`] as const;
  return isGlob ? [...borrowed, matched] : borrowed;
}

const engineSocket = '/var/run/docker.sock:/var/run/docker.sock';

/** What `docker inspect` would say, had the engine made it. */
function inspectOf(run: RunArguments, owner: string): Inspect {
  const all = (name: string): string[] => [...(run.flags.get(name) ?? [])];
  const last = (name: string): string => run.flags.get(name)?.at(-1) ?? '';
  const isOn = (name: string): boolean => /^(?:1|t|true)$/i.test(last(name));
  const networks = all('network').map(networkOf);
  const joined = networks.length === 0 && run.engine === 'docker' ? ['bridge'] : networks;
  return {
    Id: '',
    Name: last('name') === '' ? owner : last('name'),
    Path: last('entrypoint'),
    Args: [...run.command],
    AppArmorProfile: '',
    State: { Status: 'created', Pid: 0 },
    Config: {
      User: last('user'),
      Env: all('env'),
      Image: run.image,
      Labels: Object.fromEntries(all('label').map((label) => splitOnce(label, '='))),
      ExposedPorts: Object.fromEntries(all('expose').map((port) => [port, {}])),
      Healthcheck: healthcheckOf(isOn('no-healthcheck'), last('health-cmd')),
    },
    HostConfig: {
      Privileged: isOn('privileged'),
      AutoRemove: isOn('rm'),
      CapAdd: all('cap-add').flatMap((value) => value.split(',')),
      CapDrop: all('cap-drop').flatMap((value) => value.split(',')),
      SecurityOpt: all('security-opt').filter((option) => !option.startsWith('systempaths')),
      GroupAdd: all('group-add'),
      ReadonlyRootfs: isOn('read-only'),
      // Beside the host's there is no other.
      NetworkMode: networks.find((name) => name === 'host') ?? networks[0] ?? '',
      PidMode: last('pid'),
      IpcMode: last('ipc'),
      UTSMode: last('uts'),
      UsernsMode: last('userns'),
      CgroupnsMode: '',
      ...unmaskedBy(all('security-opt')),
      Devices: all('device').map(deviceOf),
      DeviceCgroupRules: all('device-cgroup-rule'),
      DeviceRequests: all('gpus').map(gpuRequestOf),
      Memory: Number(sizeOf(last('memory'))),
      NanoCpus: Math.round(positive(last('cpus')) * 1e9),
      CpuQuota: positive(last('cpu-quota')),
      CpuPeriod: positive(last('cpu-period')),
      CpusetCpus: last('cpuset-cpus'),
      // containers.conf(5): Podman sets one unless told otherwise.
      PidsLimit: run.engine === 'podman' && last('pids-limit') === '' ? 2048 : positive(last('pids-limit')),
      PortBindings: portBindings(all('publish')),
      PublishAllPorts: isOn('publish-all'),
      RestartPolicy: { Name: last('restart').replace(/:.*$/, '') },
      Runtime: last('runtime'),
    },
    Mounts: [
      ...all('volume').flatMap((volume) => mountOfVolume(volume) ?? []),
      // docker-run(1): it gives the container the client's own way to the engine.
      ...(isOn('use-api-socket') ? [engineSocket] : []).flatMap((volume) => mountOfVolume(volume) ?? []),
      ...all('mount').flatMap((mount) => mountOfOption(mount) ?? []),
      ...all('tmpfs').flatMap(
        (tmpfs) => mountOfOption(`type=tmpfs,target=${tmpfs.replace(/:.*$/, '')}`) ?? [],
      ),
    ],
    NetworkSettings: { Ports: {}, Networks: Object.fromEntries(joined.map((name) => [name, {}])) },
  };
}

/** `name`, or `name=NET,ip=…`, or `NET:ip=…` with podman; `container:X` is whole. */
function networkOf(value: string): string {
  if (/^(?:container|ns):/.test(value)) return value;
  const name = /(?:^|,)name=([^,]*)/.exec(value)?.[1];
  return name ?? value.replace(/[:,].*$/, '');
}

/** `/dev/a`, `/dev/a:/dev/b`, `/dev/a:/dev/b:rw`, `/dev/a:r`. */
function deviceOf(value: string) {
  const [host = '', second, third] = value.split(':');
  const isMode = second !== undefined && /^[rwm]{1,3}$/.test(second);
  return {
    PathOnHost: host,
    PathInContainer: second === undefined || isMode ? host : second,
    CgroupPermissions: (isMode ? second : third) ?? 'rwm',
  };
}

/** `all`, `2`, `device=0,1`, `"device=0,1",capabilities=utility`; see docker-run(1). */
function gpuRequestOf(value: string) {
  const plain = value.replaceAll('"', '');
  const ids = /device=([^=]*?)(?:,[a-z]+=.*)?$/.exec(plain)?.[1]?.split(',') ?? [];
  const count = /^(?:count=)?(all|-?\d+)/.exec(plain)?.[1];
  const wanted = ids.length > 0 ? 0 : count === undefined || count === 'all' ? -1 : Number(count);
  return { Driver: '', Count: wanted, DeviceIDs: ids, Capabilities: [['gpu']] };
}

function unmaskedBy(options: readonly string[]): { MaskedPaths?: string[]; ReadonlyPaths?: string[] } {
  const isUnmasked = options.some((option) =>
    /^(?:systempaths=unconfined|unmask=(?:all|\/proc))/i.test(option),
  );
  return isUnmasked ? { MaskedPaths: [], ReadonlyPaths: [] } : {};
}

function healthcheckOf(isOff: boolean, command: string): { Test: string[] } | null {
  if (isOff || command === 'none') return { Test: ['NONE'] };
  return command === '' ? null : { Test: ['CMD-SHELL', command] };
}

/** docker's units are single letters in any case, `gb` too; none are bytes. */
function sizeOf(text: string): bigint {
  const size = parseSize(text.toUpperCase().replace(/I?B$/, ''));
  return size ?? 0n;
}

function positive(text: string): number {
  const number = Number(text);
  return text !== '' && Number.isFinite(number) && number > 0 ? number : 0;
}

function splitOnce(text: string, at: string): [string, string] {
  const index = text.indexOf(at);
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + at.length)];
}
