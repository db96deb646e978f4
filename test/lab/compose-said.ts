import { posix } from 'node:path';
import type { ComposeProject } from '../../src/facts/compose/project.ts';
import { shellWords } from '../../src/facts/compose/words.ts';
import type { Workload } from '../../src/facts/workloads/workload.ts';

/** What both sides say of a service, in one form. */
export type Said = Readonly<Record<string, unknown>>;

type Json = Readonly<Record<string, unknown>>;

/** Of `docker compose config --format json`, or of 1.29's YAML read as an object. */
export function theirsOf(printed: Json): Readonly<Record<string, Said>> {
  const config = objectOf(unescaped(printed));
  const volumes = objectOf(config.volumes);
  const networks = objectOf(config.networks);
  return Object.fromEntries(
    Object.entries(objectOf(config.services)).map(([name, service]) => [
      name,
      saidOf(objectOf(service), volumes, networks),
    ]),
  );
}

function saidOf(service: Json, volumes: Json, networks: Json): Said {
  const limits = objectOf(objectOf(objectOf(service.deploy).resources).limits);
  const mode = textOf(service.network_mode);
  return {
    image: textOf(service.image),
    privileged: service.privileged === true,
    readOnly: service.read_only === true,
    user: textOf(service.user),
    capAdd: listOf(service.cap_add).map(String).toSorted(),
    capDrop: listOf(service.cap_drop).map(String).toSorted(),
    pid: textOf(service.pid),
    ipc: textOf(service.ipc),
    uts: textOf(service.uts),
    userns: textOf(service.userns_mode),
    cgroup: textOf(service.cgroup),
    mode,
    networks: mode === '' ? networkNames(service.networks, networks) : [],
    ports: uniqueWords(listOf(service.ports).flatMap(portWords)),
    mounts: uniqueWords([...mountWords(service, volumes)]),
    memory: bytesOf(limits.memory ?? service.mem_limit),
    cpus: Number(limits.cpus ?? service.cpus ?? 0),
    pids: Number(limits.pids ?? service.pids_limit ?? 0),
    environment: pairsOf(service.environment),
    labels: pairsOf(service.labels),
    command: [...words(service.entrypoint), ...words(service.command)].filter((each) => each !== ''),
    restart: textOf(service.restart).replace(/:.*$/, '') || 'no',
    securityOpt: uniqueWords(listOf(service.security_opt).map(String)),
    groups: listOf(service.group_add).map(String),
    devices: listOf(service.devices).map(deviceWord).toSorted(),
  };
}

/** One that is written as a number and as text is printed twice; of a range, only that the engine chooses counts. */
function uniqueWords(all: readonly string[]): string[] {
  return [...new Set(all)].toSorted();
}

function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return value === undefined || value === null ? [] : [value];
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
}

/** v2 prints words; 1.29 what is written. */
function words(value: unknown): string[] {
  return typeof value === 'string' ? shellWords(value) : listOf(value).map(String);
}

/** What is printed is a compose file again: its dollars are doubled. */
function unescaped(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('$$', '$');
  if (Array.isArray(value)) return value.map(unescaped);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, unescaped(each)]));
}

function pairsOf(value: unknown): Json {
  const pairs = Array.isArray(value)
    ? value.map((each: unknown): [string, string] => [String(each), ''])
    : Object.entries(objectOf(value)).map(([key, each]): [string, string] => [key, textOf(each)]);
  return Object.fromEntries(pairs.toSorted());
}

function networkNames(value: unknown, networks: Json): string[] {
  const keys = Array.isArray(value) ? value.map(String) : Object.keys(objectOf(value));
  return (keys.length === 0 ? ['default'] : keys)
    .map((key) => textOf(objectOf(networks[key]).name) || `project_${key}`)
    .toSorted();
}

function portWords(port: unknown): string[] {
  const {
    target,
    published,
    host_ip: address,
    protocol,
  } = typeof port === 'object' ? objectOf(port) : parsedPort(textOf(port));
  const host = /^\d+$/.test(textOf(published)) ? textOf(published) : '0';
  const addresses = textOf(address) === '' ? ['0.0.0.0', '::'] : [textOf(address)];
  return addresses.map((each) => `${each}:${host}->${textOf(target)}/${textOf(protocol) || 'tcp'}`);
}

/** 1.29 prints the short form: `127.0.0.1:80:80/tcp`. */
function parsedPort(text: string): Json {
  const [, address, published = '', target, protocol] =
    /^(?:(.*):)?(?:([\d-]*):)(\d+)(?:\/(\w+))?$/.exec(text) ?? /^()()(\d+)(?:\/(\w+))?$/.exec(text) ?? [];
  return { host_ip: (address ?? '').replace(/[[\]]/g, ''), published, target, protocol };
}

function* mountWords(service: Json, volumes: Json): Generator<string> {
  for (const volume of listOf(service.volumes)) {
    const {
      type,
      source,
      target,
      read_only: readOnly,
      bind,
    } = typeof volume === 'object' ? objectOf(volume) : parsedVolume(textOf(volume));
    const device = textOf(objectOf(objectOf(volumes[textOf(source)]).driver_opts).device);
    const isDisguised = type === 'volume' && device !== '';
    const from = isDisguised ? device : textOf(source);
    const propagation = textOf(objectOf(bind).propagation);
    yield `${isDisguised ? 'bind' : textOf(type)} ${from} ${textOf(target)} ${readOnly === true ? 'ro' : 'rw'} ${propagation}`;
  }
  for (const tmpfs of listOf(service.tmpfs)) yield `tmpfs  ${String(tmpfs).replace(/:.*$/, '')} rw `;
}

function parsedVolume(text: string): Json {
  const [source = '', target, options = ''] = text.split(':');
  const flags = options.split(',');
  return {
    type: source.startsWith('/') ? 'bind' : 'volume',
    source,
    target: posix.normalize(target ?? source).replace(/(?<=.)\/$/, ''),
    read_only: flags.includes('ro'),
    bind: { propagation: flags.find((flag) => flag.endsWith('shared')) ?? '' },
  };
}

function deviceWord(device: unknown): string {
  if (typeof device === 'object') {
    const { source, target, permissions } = objectOf(device);
    return `${textOf(source)}:${textOf(target)}:${textOf(permissions) || 'rwm'}`;
  }
  const [source = '', target, permissions] = textOf(device).split(':');
  return `${source}:${target ?? source}:${permissions ?? 'rwm'}`;
}

function bytesOf(value: unknown): number {
  const [, amount = '0', unit = ''] = /^([\d.]+)\s*([kmg]?)b?$/i.exec(textOf(value ?? 0)) ?? [];
  return Number(amount) * 1024 ** ['', 'k', 'm', 'g'].indexOf(unit.toLowerCase());
}

/** Of ours, with the project in `directory`. */
export function oursOf({ services }: ComposeProject, directory: string): Readonly<Record<string, Said>> {
  return Object.fromEntries([...services].map(([name, workload]) => [name, ourSaid(workload, directory)]));
}

const absent = new Set(['private', 'default']);

function ourSaid(workload: Workload, directory: string): Said {
  const { namespaces, networks, limits } = workload;
  const own = (mode: string) => (absent.has(mode) ? '' : mode);
  const isNetwork = networks.includes(namespaces.network);
  return {
    image: workload.image.reference,
    privileged: workload.privileged,
    readOnly: workload.readonlyRootfs,
    user: workload.user,
    capAdd: workload.capAdd.toSorted(),
    capDrop: workload.capDrop.toSorted(),
    pid: own(namespaces.pid),
    ipc: own(namespaces.ipc),
    uts: own(namespaces.uts),
    userns: own(namespaces.user),
    cgroup: namespaces.cgroup === 'default' ? '' : namespaces.cgroup,
    mode: isNetwork ? '' : namespaces.network,
    networks,
    ports: uniqueWords(
      workload.publishes.map(
        (each) => `${each.hostAddress}:${String(each.hostPort)}->${String(each.containerPort)}/${each.proto}`,
      ),
    ),
    mounts: workload.mounts
      .map(({ type, source, target, writable, propagation }) => {
        const from = type === 'bind' ? posix.resolve(directory, source) : source;
        return `${type} ${from} ${target} ${writable ? 'rw' : 'ro'} ${propagation}`;
      })
      .toSorted(),
    memory: limits.memoryBytes ?? 0,
    cpus: limits.cpus ?? 0,
    pids: limits.pids ?? 0,
    environment: Object.fromEntries(Object.entries(workload.environment).toSorted()),
    labels: Object.fromEntries(Object.entries(workload.labels).toSorted()),
    command: workload.command,
    restart: workload.restart,
    securityOpt: uniqueWords(workload.securityOpt),
    groups: workload.groupAdd,
    devices: workload.devices
      .map(({ host, container, permissions }) => `${host}:${container}:${permissions}`)
      .toSorted(),
  };
}
