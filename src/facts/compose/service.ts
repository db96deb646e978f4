import { capabilityName, workloadOf } from '../workloads/docker-inspect.ts';
import { parseImageReference } from '../workloads/image-reference.ts';
import type { HostConfig, Inspect } from '../workloads/inspect-format.ts';
import type { Workload } from '../workloads/workload.ts';
import { contentsOf } from './configs.ts';
import { commandOf, healthcheckOf, restartOf, userOf } from './definition.ts';
import { deviceRequestsOf, devicesOf } from './devices.ts';
import type { Variables } from './dotenv.ts';
import { buildArgumentsOf, environmentOf, labelsOf } from './environment.ts';
import { hasPrivilegedHook } from './hooks.ts';
import { mountsOf } from './mounts.ts';
import { networksOf } from './networks.ts';
import { exposedPorts, portBindingsOf } from './ports.ts';
import type { Reading } from './reading.ts';
import { bytesAt, doubt, flagAt, numberAt, refuse, settingAt, textAt, unsettle, wordsAt } from './reading.ts';
import type { Session } from './session.ts';
import { pathFrom } from './session.ts';
import type { Entry, Mapping } from './tree.ts';
import { itemsOf, valueAt } from './tree.ts';
import type { Borrowing } from './volumes-from.ts';

/** What a service is read with. */
export interface ProjectContext {
  readonly session: Session;
  readonly model: Mapping;
  readonly allowance: Reading['allowance'];
  readonly variables: Variables;
  /** `null` where it follows from where the repository lies. */
  readonly project: string | null;
}

/**
 * A service in the common shape. Namespaces of other services of the project stay `service:NAME`, for whoever
 * knows what their containers are called.
 */
export async function workloadOfService(
  name: string,
  { at, value }: Entry,
  { service, doubts }: Borrowing,
  context: ProjectContext,
): Promise<Workload> {
  const { session, model, project } = context;
  const { allowance } = context;
  const reading: Reading = {
    service,
    places: new Map([['workload', at]]),
    unsettled: new Map(),
    allowance,
  };
  for (const { node, why } of doubts) doubt(reading, 'mounts', node, why);
  const container = valueAt(service, 'container_name');
  const own = container?.kind === 'scalar' && container.unset.length === 0 ? container.text : null;
  const networks = networksOf(reading, model, project);
  const environment = await environmentOf(session, reading, context.variables);
  const labels = await labelsOf(session, reading);
  const image = imageOf(reading, name, project);
  const mounts = await mountsOf(session.host, reading, model);
  const securityOpt = wordsAt(reading, 'securityOpt', 'security_opt');
  const host = hostConfigOf(
    reading,
    networks.mode,
    networks.names,
    await withProfiles(session, reading, securityOpt),
  );
  const inspect = inspectOf(reading, own ?? name, image.reference, host, { environment, labels });
  const workload = workloadOf(inspect, {
    origin: value.place.file,
    engine: null,
    directory: null,
    defaultRuntime: null,
    boundVolumes: new Map(),
  });
  notePlaces(reading, workload);
  const namespaces = {
    ...workload.namespaces,
    network: networks.mode === '' ? (networks.names[0] ?? 'default') : networks.mode,
  };
  // What the engine does when it is not told depends on its version and the kernel's.
  const cgroup = host.CgroupnsMode === '' ? 'default' : host.CgroupnsMode;
  return {
    ...workload,
    source: 'compose',
    id: null,
    state: 'declared',
    origin: at.file,
    image,
    places: reading.places,
    unsettled: reading.unsettled,
    namespaces: { ...namespaces, cgroup },
    buildArguments: buildArgumentsOf(reading),
    configs: contentsOf(reading, model),
    networks: networks.names,
    openNetworks: networks.open,
    mounts: mounts.toSorted((a, b) => (a.target < b.target ? -1 : 1)),
  };
}

/** Without an image of its own it runs what is built, under the name that Compose gives it. */
function imageOf(reading: Reading, name: string, project: string | null): Workload['image'] {
  const node = settingAt(reading, 'image', 'image');
  const build = valueAt(reading.service, 'build');
  if (node?.kind === 'scalar' && node.text !== null && node.shown !== '') {
    unsettle(reading, 'image', node);
    return { ...parseImageReference(node.shown), built: build !== null && isNeverPulled(reading) };
  }
  if (build === null) {
    refuse(reading, 'image', node ?? reading.service, 'that is no image');
    return parseImageReference('');
  }
  reading.places.set('image', reading.service.entries.get('build')?.at ?? build.place);
  const reference = project === null ? name : `${project}-${name}`;
  return { ...parseImageReference(reference), built: true };
}

/** Of an image that has a name and a build, Compose asks the registry first, unless it is told otherwise. */
function isNeverPulled({ service }: Reading): boolean {
  const policy = valueAt(service, 'pull_policy');
  return policy?.kind === 'scalar' && ['build', 'never'].includes(policy.text ?? '');
}

function hostConfigOf(
  reading: Reading,
  mode: string,
  networks: readonly string[],
  securityOpt: readonly string[],
): HostConfig {
  const devices = devicesOf(reading);
  const isPrivileged = hasPrivilegedHook(reading) || flagAt(reading, 'privileged', 'privileged');
  const limits = ['deploy', 'resources', 'limits'] as const;
  const memory = bytesAt(reading, 'memory', ...limits, 'memory') || bytesAt(reading, 'memory', 'mem_limit');
  const cpus = numberAt(reading, 'cpus', ...limits, 'cpus') || numberAt(reading, 'cpus', 'cpus');
  const pids = numberAt(reading, 'pids', ...limits, 'pids') || numberAt(reading, 'pids', 'pids_limit');
  const isUnmasked = securityOpt.some((option) => /^systempaths[=:]unconfined$/.test(option));
  if (isUnmasked) notePlace(reading, 'maskedPaths', 'security_opt');
  return {
    Privileged: isPrivileged,
    AutoRemove: false,
    CapAdd: [...new Set(wordsAt(reading, 'capAdd', 'cap_add'))],
    CapDrop: [...new Set(wordsAt(reading, 'capDrop', 'cap_drop'))],
    SecurityOpt: securityOpt.filter((option) => !option.startsWith('systempaths')),
    GroupAdd: wordsAt(reading, 'groups', 'group_add'),
    ReadonlyRootfs: flagAt(reading, 'readOnly', 'read_only'),
    NetworkMode: mode === '' ? (networks[0] ?? 'default') : mode,
    PidMode: textAt(reading, 'pid', 'pid'),
    IpcMode: textAt(reading, 'ipc', 'ipc'),
    UTSMode: textAt(reading, 'uts', 'uts'),
    UsernsMode: textAt(reading, 'userns', 'userns_mode'),
    CgroupnsMode: textAt(reading, 'cgroup', 'cgroup'),
    ...(isUnmasked ? { MaskedPaths: [], ReadonlyPaths: [] } : {}),
    Devices: devices.devices,
    DeviceCgroupRules: wordsAt(reading, 'deviceRules', 'device_cgroup_rules'),
    DeviceRequests: [...devices.requests, ...deviceRequestsOf(reading)],
    Memory: memory,
    NanoCpus: Math.round(cpus * 1e9),
    CpuQuota: numberAt(reading, 'cpus', 'cpu_quota'),
    CpuPeriod: numberAt(reading, 'cpus', 'cpu_period'),
    CpusetCpus: textAt(reading, 'cpus', 'cpuset'),
    PidsLimit: pids,
    PortBindings: portBindingsOf(reading),
    PublishAllPorts: false,
    RestartPolicy: { Name: restartOf(reading) },
    Runtime: textAt(reading, 'runtime', 'runtime'),
  };
}

function inspectOf(
  reading: Reading,
  name: string,
  image: string,
  host: HostConfig,
  { environment, labels }: Pick<Workload, 'environment' | 'labels'>,
): Inspect {
  return {
    Id: '',
    Name: name,
    Path: '',
    Args: [...commandOf(reading, 'entrypoint'), ...commandOf(reading, 'command')],
    AppArmorProfile: '',
    State: { Status: 'created', Pid: 0 },
    Config: {
      User: userOf(reading),
      Env: Object.entries(environment).map(([variable, value]) => `${variable}=${value}`),
      Image: image,
      Labels: labels,
      ExposedPorts: exposedPorts(reading),
      Healthcheck: healthcheckOf(reading),
    },
    HostConfig: host,
    Mounts: [],
    NetworkSettings: { Ports: {}, Networks: {} },
  };
}

/** A seccomp profile of the project in place of its path, as Compose hands it to the engine. */
async function withProfiles(
  session: Session,
  reading: Reading,
  options: readonly string[],
): Promise<readonly string[]> {
  const start = valueAt(reading.service, 'security_opt')?.directory ?? '/';
  return Promise.all(
    options.map(async (option) => {
      const [, path] = /^seccomp[=:](.*)$/s.exec(option) ?? [];
      if (path === undefined || ['unconfined', 'builtin', 'default'].includes(path)) return option;
      const text = await session.host.read(pathFrom(start, path));
      return text.state === 'known' && text.value !== null ? `seccomp=${text.value}` : option;
    }),
  );
}

function notePlaces(reading: Reading, { capAdd, capDrop }: Workload): void {
  for (const [setting, key, names] of [
    ['capAdd', 'cap_add', capAdd],
    ['capDrop', 'cap_drop', capDrop],
  ] as const) {
    for (const item of itemsOf(valueAt(reading.service, key))) {
      const name = item.kind === 'scalar' ? capabilityName(item.text ?? '') : '';
      if (names.includes(name)) reading.places.set(`${setting} ${name}`, item.place);
    }
  }
}

function notePlace(reading: Reading, setting: 'maskedPaths', key: string): void {
  const at = reading.service.entries.get(key)?.at;
  if (at !== undefined) reading.places.set(setting, at);
}
