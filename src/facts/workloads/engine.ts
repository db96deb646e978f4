import { defineFact } from '../../engine/fact.ts';
import type { FactReader } from '../../engine/fact.ts';
import type { Evidence, Known, UnknownWhy } from '../../host/evidence.ts';
import { gapsOf, known, knownInPart, unknown } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';
import type { Process } from '../processes.ts';
import { processesFact } from '../processes.ts';
import { askEngine } from './engine-answers.ts';
import type { EngineInfo } from './engine-answers.ts';
import type { ConfiguredEngine, EngineSocket } from './engine-configuration.ts';
import { defaultSocket, addressesOf, isInstalled, mayDiffer, textOption } from './engine-configuration.ts';
import type { Place } from './engine-place.ts';
import { eachItsOwnSockets, placeOf } from './engine-place.ts';
import type { EngineOptions } from './engine-options.ts';
import { appArmorOf, seccompOf } from './engine-guards.ts';
import type { Confinement, Workload } from './workload.ts';

/** A Docker Engine of this host: what it says of itself, and what it was configured with. */
export interface Engine {
  /** Among those of this host: `Docker Engine`, `Docker Engine of models`, `Docker Engine at /run/second.sock`, `… at tcp://…`. */
  readonly name: string;
  /** `20.10.24+dfsg1`; `null` when it did not answer. */
  readonly version: string | null;
  /** Whether a dockerd runs; `null` where files alone are seen. */
  readonly running: boolean | null;
  /** Why it was not heard; `null` when it answered. */
  readonly unheard: { readonly why: UnknownWhy; readonly detail: string } | null;
  /** Every unix socket it listens on, the one that was asked first; none where it listens on TCP alone. */
  readonly sockets: readonly EngineSocket[];
  /** Effective settings by daemon.json name: the command line beside the file. */
  readonly options: EngineOptions;
  /** Settings that it says it runs with, by daemon.json name; empty when it was not heard. */
  readonly told: Readonly<Record<string, unknown>>;
  /** Where its settings are kept that could not be read, one sentence each. */
  readonly unread: readonly string[];
  /** Why it may have read another daemon.json than the one that is there; `null`: it runs with this one, or not. */
  readonly drift: string | null;
  /** The daemon.json that it reads, whether or not there is one. */
  readonly configFile: string;
  /** The rest is `null` when neither the engine nor its configuration tells. */
  readonly rootless: boolean | null;
  /** Name of the account whose rootless engine it is; `null` for root's, or where it was not seen. */
  readonly account: string | null;
  /** Part of a swarm. */
  readonly swarm: boolean | null;
  /** `1` or `2`. */
  readonly cgroupVersion: string | null;
  /** Plugins that are asked before every request of the API. */
  readonly authorizationPlugins: readonly string[] | null;
  /** What it says of its runc; see {@link EngineInfo}. */
  readonly runc: string | null;
  /** Container users are mapped to others on the host. */
  readonly userns: boolean | null;
  readonly noNewPrivileges: boolean | null;
  /** `absent`: the kernel or the engine has no seccomp. */
  readonly seccomp: Confinement['seccomp'] | 'absent' | null;
  /**
   * `on`: the engine confines containers with AppArmor; `absent`: the kernel has none, or the engine is
   * rootless and may not; `unused`: the kernel has it, and the engine does not use it.
   */
  readonly appArmor: 'on' | 'unused' | 'absent' | null;
  readonly defaultRuntime: string | null;
  readonly runtimes: readonly string[];
  readonly dataRoot: string;
}

/**
 * Every Docker Engine of this host: each dockerd that runs, root's own first, then those of users without root;
 * where none of root's runs, the one that left its containers on disk. Empty when there is none: no socket, no
 * dockerd, no program, no containers on disk. One is asked only when its dockerd runs: a connection to a socket
 * that systemd holds would start it.
 */
export const enginesFact = defineFact<readonly Engine[]>({
  id: 'engines',
  kinds: ['live', 'rootfs', 'snapshot', 'project'],
  gather: async (host, read) => {
    if (host.origin.kind === 'project') return known([], 'project');
    const processes = await dockerdProcesses(host, read);
    const daemons = (processes ?? []).toSorted(usualFirst);
    const placed = await Promise.all(
      (daemons.length === 0 ? [undefined] : daemons).map((daemon) => placeOf(host, read, daemon)),
    );
    const [first, ...others] = await Promise.all([
      ...eachItsOwnSockets(placed).map((place) => engineAt(host, processes, place)),
      ...((daemons[0]?.uid ?? 0) > 0 ? [stoppedEngine(host, read, processes)] : []),
    ]);
    const all = first === undefined ? others : [first, ...others];
    const engines = namedApart(all.flatMap(({ value }) => value ?? []));
    return knownInPart(engines, first?.source ?? defaultSocket, all.flatMap(gapsOf));
  },
});

/** Root's own before those of users, and of root's the one that docker.service runs, which docker.socket is for. */
function usualFirst(a: Process, b: Process): number {
  const [isOther, isOtherToo] = [a, b].map(({ unit }) => Number(unit !== 'docker.service'));
  return a.uid - b.uid || (isOther ?? 0) - (isOtherToo ?? 0) || a.pid - b.pid;
}

/** The engine that has a workload, or would: a unit's `docker run` is the first one's. `null`: none of these. */
export function engineOfWorkload({ source, engine }: Workload, engines: readonly Engine[]): Engine | null {
  if (source !== 'docker') return null;
  if (engine === null) return engines[0] ?? null;
  return engines.find(({ sockets }) => sockets[0]?.path === engine) ?? null;
}

async function engineAt(
  host: Host,
  processes: readonly Process[] | null,
  { daemon, configured, sockets, dataRoot, silent }: Place,
): Promise<Known<Engine | null>> {
  const [{ path: socket } = { path: defaultSocket }] = sockets;
  if (daemon === undefined && !(await isInstalled(host, sockets, dataRoot))) {
    const unseenProcesses = host.origin.running && processes === null;
    const gaps = unseenProcesses ? ['whether a dockerd runs was not seen: run as root'] : [];
    return knownInPart(null, defaultSocket, gaps);
  }
  const unseen = processes === null || !host.origin.running;
  const running = unseen ? null : daemon !== undefined;
  const info =
    daemon === undefined || silent === null
      ? await askEngine(host, socket, running)
      : unknown(
          'unsupported',
          `dockerd (pid ${String(daemon.pid)}) ${silent}: its containers are not read`,
          socket,
        );
  const engine = await engineOf(host, { info, sockets, dataRoot, running, configured });
  return knownInPart(engine, socket, configured.gaps);
}

/** Names are what findings are about: of two alike the second has where it keeps its data. */
function namedApart(engines: readonly Engine[]): readonly Engine[] {
  const names = engines.map(({ name }) => name);
  return engines.map((engine, index) =>
    names.indexOf(engine.name) === index
      ? engine
      : { ...engine, name: `${engine.name} (data in ${engine.dataRoot})` },
  );
}

/** Root's engine beside those of users, where it does not run and has containers. */
async function stoppedEngine(
  host: Host,
  read: FactReader,
  processes: readonly Process[] | null,
): Promise<Known<Engine | null>> {
  const engine = await engineAt(host, processes, await placeOf(host, read, undefined));
  const kept = await host.list(`${engine.value?.dataRoot ?? '/var/lib/docker'}/containers`);
  const hasNone = kept.state === 'known' && (kept.value ?? []).length === 0;
  return hasNone ? known(null, engine.source) : engine;
}

/** Engines of this host, not those in containers; `null` when processes cannot be seen. */
async function dockerdProcesses(host: Host, read: FactReader): Promise<readonly Process[] | null> {
  if (!host.origin.running) return [];
  const processes = await read(processesFact);
  if (processes.state === 'unknown') return null;
  const all = processes.value.filter(({ name, containerId }) => name === 'dockerd' && containerId === null);
  // What a dockerd forks has its name and its arguments until it runs something else.
  const found = all.filter(
    ({ ppid, argv }) =>
      !all.some((parent) => parent.pid === ppid && parent.argv.join('\0') === argv.join('\0')),
  );
  return found.length === 0 && gapsOf(processes).length > 0 ? null : found;
}

interface Learned {
  readonly info: Evidence<EngineInfo>;
  readonly sockets: readonly EngineSocket[];
  readonly dataRoot: string;
  readonly running: boolean | null;
  readonly configured: ConfiguredEngine;
}

async function engineOf(
  host: Host,
  { info, sockets, dataRoot, running, configured }: Learned,
): Promise<Engine> {
  const { options, gaps, configFile, account, drift } = configured;
  const told = info.state === 'known' ? info.value : null;
  const says = (name: string) =>
    told?.security.some((each) => each === `name=${name}` || each.startsWith(`name=${name},`)) ?? null;
  const set = (name: string) => {
    if (mayDiffer(configured, name)) return null;
    const value = options[name]?.value;
    if (value === undefined) return gaps.length === 0 ? false : null;
    return value !== false && value !== '';
  };
  return {
    name: nameOf(account, sockets, options),
    version: told?.version ?? null,
    running: told === null ? running : true,
    unheard: info.state === 'known' ? null : { why: info.why, detail: info.detail },
    sockets,
    options,
    told: told?.settings ?? {},
    unread: gaps,
    drift,
    configFile,
    rootless: says('rootless'),
    account,
    swarm: told?.swarm ?? null,
    cgroupVersion: told?.cgroupVersion ?? null,
    authorizationPlugins: told?.authorizationPlugins ?? null,
    runc: told?.runc ?? null,
    userns: says('userns') ?? set('userns-remap'),
    // Engines before 23 do not list it among their security options; of later ones daemon.json may be newer.
    noNewPrivileges:
      says('no-new-privileges') === true || listsNoNewPrivileges(told)
        ? says('no-new-privileges')
        : set('no-new-privileges'),
    seccomp: await seccompOf(host, told, configured),
    appArmor: await appArmorOf(host, says('apparmor'), says('rootless')),
    defaultRuntime: told?.defaultRuntime ?? textOption(options, 'default-runtime'),
    runtimes: told?.runtimes ?? [],
    dataRoot: told?.dataRoot ?? dataRoot,
  };
}

function nameOf(account: string | null, [first]: readonly EngineSocket[], options: EngineOptions): string {
  if (account !== null) return `Docker Engine of ${account}`;
  const at =
    first?.path ?? addressesOf(options).find((address) => address.startsWith('tcp:')) ?? defaultSocket;
  return at === defaultSocket ? 'Docker Engine' : `Docker Engine at ${at}`;
}

function listsNoNewPrivileges(told: EngineInfo | null): boolean {
  return Number.parseInt(told?.version ?? '', 10) >= 23;
}
