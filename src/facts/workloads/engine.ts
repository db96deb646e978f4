import { defineFact } from '../../engine/fact.ts';
import type { FactReader } from '../../engine/fact.ts';
import type { Evidence, UnknownWhy } from '../../host/evidence.ts';
import { gapsOf, known, knownInPart, mapEvidence } from '../../host/evidence.ts';
import type { FileStat, Host } from '../../host/host.ts';
import { dockerUnitsFact } from '../listeners/docker-units.ts';
import type { Process } from '../processes.ts';
import { processesFact } from '../processes.ts';
import { readAccounts } from '../sshd/accounts.ts';
import { askEngine } from './engine-answers.ts';
import type { EngineInfo } from './engine-answers.ts';
import type { EngineOptions } from './engine-options.ts';
import { optionsOfArguments, optionsOfFile } from './engine-options.ts';
import { seccompModeOf } from './confinement.ts';
import type { Confinement } from './workload.ts';

/** The Docker Engine of this host: what it says of itself, and what it was configured with. */
export interface Engine {
  /** `20.10.24+dfsg1`; `null` when it did not answer. */
  readonly version: string | null;
  /** Whether a dockerd runs; `null` where files alone are seen. */
  readonly running: boolean | null;
  /** Why it was not heard; `null` when it answered. */
  readonly unheard: { readonly why: UnknownWhy; readonly detail: string } | null;
  /** Every unix socket it listens on, the one that was asked first. */
  readonly sockets: readonly EngineSocket[];
  /** Effective settings by daemon.json name: the command line beside the file. */
  readonly options: EngineOptions;
  /** Settings that it says it runs with, by daemon.json name; empty when it was not heard. */
  readonly told: Readonly<Record<string, unknown>>;
  /** Where its settings are kept that could not be read, one sentence each. */
  readonly unread: readonly string[];
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

export interface EngineSocket {
  readonly path: string;
  /** `null` when it is not there or may not be seen. */
  readonly stat: FileStat | null;
}

const defaultSocket = '/run/docker.sock';
const programs = ['/usr/bin/dockerd', '/usr/sbin/dockerd', '/usr/local/bin/dockerd', '/snap/bin/dockerd'];

/**
 * The Docker Engine; `null` when this host has none: no socket, no dockerd, no program, no containers
 * on disk. It is asked only when a dockerd runs: a connection to a socket that systemd holds would start it.
 */
export const engineFact = defineFact<Engine | null>({
  id: 'engine',
  kinds: ['live', 'rootfs', 'snapshot', 'project'],
  gather: async (host, read) => {
    if (host.origin.kind === 'project') return known(null, 'project');
    const processes = await dockerdProcesses(host, read);
    const daemon = processes?.find(({ uid }) => uid === 0) ?? processes?.[0];
    const configured = await configurationOf(host, read, daemon);
    const sockets = await socketsOf(host, configured.options, daemon);
    const dataRoot =
      textOption(configured.options, 'data-root') ??
      textOption(configured.options, 'graph') ??
      '/var/lib/docker';
    if (daemon === undefined && !(await isInstalled(host, sockets, dataRoot))) {
      const unseenProcesses = host.origin.running && processes === null;
      const gaps = unseenProcesses ? ['whether a dockerd runs was not seen: run as root'] : [];
      return knownInPart(null, defaultSocket, gaps);
    }
    const unseen = processes === null || !host.origin.running;
    const running = unseen ? null : daemon !== undefined;
    const info = await askEngine(host, sockets[0]?.path ?? defaultSocket, running);
    const engine = await engineOf(host, { info, sockets, dataRoot, running, configured });
    return knownInPart(engine, sockets[0]?.path ?? defaultSocket, configured.gaps);
  },
});

/** Engines of this host, not those in containers; `null` when processes cannot be seen. */
async function dockerdProcesses(host: Host, read: FactReader): Promise<readonly Process[] | null> {
  if (!host.origin.running) return [];
  const processes = await read(processesFact);
  if (processes.state === 'unknown') return null;
  const found = processes.value.filter(({ name, containerId }) => name === 'dockerd' && containerId === null);
  return found.length === 0 && gapsOf(processes).length > 0 ? null : found;
}

/** daemon.json beside the flags: of the dockerd that runs, else those that its unit would give it. */
async function configurationOf(host: Host, read: FactReader, daemon: Process | undefined) {
  const source = daemon === undefined ? '' : `command line of dockerd (pid ${String(daemon.pid)})`;
  const flags =
    daemon === undefined
      ? mapEvidence(await read(dockerUnitsFact), ({ options }) => options)
      : known(optionsOfArguments(daemon.argv, source), source);
  const given = flags.state === 'known' ? flags.value : {};
  // https://docs.docker.com/engine/security/rootless/tips/
  const users = (daemon?.uid ?? 0) === 0 ? [] : (await readAccounts(host)).users;
  const account = users.find(({ uid }) => uid === daemon?.uid);
  const usual =
    account === undefined ? '/etc/docker/daemon.json' : `${account.home}/.config/docker/daemon.json`;
  const configFile = textOption(given, 'config-file') ?? usual;
  const file = optionsOfFile(await host.read(configFile));
  return {
    configFile,
    account: account?.name ?? null,
    options: { ...(file.state === 'known' ? file.value : {}), ...given },
    gaps: [file, flags].flatMap(gapsOf),
  };
}

async function socketsOf(
  host: Host,
  options: EngineOptions,
  daemon: Process | undefined,
): Promise<EngineSocket[]> {
  const hosts = options.hosts?.value;
  const named = (Array.isArray(hosts) ? hosts : []).flatMap((each) => {
    const address = String(each);
    if (address.startsWith('unix://')) return [address.slice('unix://'.length) || defaultSocket];
    // systemd's docker.socket listens there.
    return address.startsWith('fd:') ? [defaultSocket] : [];
  });
  const usual =
    daemon !== undefined && daemon.uid > 0 ? `/run/user/${String(daemon.uid)}/docker.sock` : defaultSocket;
  const paths = [...new Set(named.length > 0 ? named : [usual])].map((path) =>
    path.replace(/^\/var\/run\//, '/run/'),
  );
  return Promise.all(
    paths.map(async (path) => {
      const stat = await host.stat(path);
      return { path, stat: stat.state === 'known' ? stat.value : null };
    }),
  );
}

async function isInstalled(host: Host, sockets: readonly EngineSocket[], dataRoot: string): Promise<boolean> {
  if (sockets.some(({ stat }) => stat?.type === 'socket')) return true;
  const found = await Promise.all([...programs, `${dataRoot}/containers`].map((path) => host.stat(path)));
  return found.some((stat) => stat.state === 'unknown' || stat.value !== null);
}

interface Learned {
  readonly info: Evidence<EngineInfo>;
  readonly sockets: readonly EngineSocket[];
  readonly dataRoot: string;
  readonly running: boolean | null;
  readonly configured: {
    readonly options: EngineOptions;
    readonly configFile: string;
    readonly account: string | null;
    readonly gaps: readonly string[];
  };
}

async function engineOf(
  host: Host,
  { info, sockets, dataRoot, running, configured }: Learned,
): Promise<Engine> {
  const { options, gaps, configFile, account } = configured;
  const told = info.state === 'known' ? info.value : null;
  const says = (name: string) =>
    told?.security.some((each) => each === `name=${name}` || each.startsWith(`name=${name},`)) ?? null;
  const set = (name: string) => {
    const value = options[name]?.value;
    if (value === undefined) return gaps.length === 0 ? false : null;
    return value !== false && value !== '';
  };
  return {
    version: told?.version ?? null,
    running: told === null ? running : true,
    unheard: info.state === 'known' ? null : { why: info.why, detail: info.detail },
    sockets,
    options,
    told: told?.settings ?? {},
    unread: gaps,
    configFile,
    rootless: says('rootless'),
    account,
    swarm: told?.swarm ?? null,
    cgroupVersion: told?.cgroupVersion ?? null,
    authorizationPlugins: told?.authorizationPlugins ?? null,
    runc: told?.runc ?? null,
    userns: says('userns') ?? set('userns-remap'),
    // Engines before 23 do not list it among their security options.
    noNewPrivileges: says('no-new-privileges') === true ? true : set('no-new-privileges'),
    seccomp: await seccompOf(host, told, configured),
    appArmor: await appArmorOf(host, says('apparmor'), says('rootless')),
    defaultRuntime: told?.defaultRuntime ?? textOption(options, 'default-runtime'),
    runtimes: told?.runtimes ?? [],
    dataRoot: told?.dataRoot ?? dataRoot,
  };
}

async function seccompOf(
  host: Host,
  told: EngineInfo | null,
  { options, gaps }: Learned['configured'],
): Promise<Engine['seccomp']> {
  const option = told?.security.find((each) => /^name=seccomp(?:,|$)/.test(each));
  if (told !== null && option === undefined) return 'absent';
  const profile = /profile=([^,]*)/.exec(option ?? '')?.[1] ?? textOption(options, 'seccomp-profile');
  if (profile === null || profile === '') return told === null && gaps.length > 0 ? null : 'default';
  if (!profile.startsWith('/')) return seccompModeOf(profile);
  const text = await host.read(profile);
  return text.state === 'known' && text.value !== null ? seccompModeOf(text.value) : 'unreadable';
}

/** An engine without apparmor_parser says nothing of AppArmor, and leaves every container unconfined. */
async function appArmorOf(
  host: Host,
  told: boolean | null,
  rootless: boolean | null,
): Promise<Engine['appArmor']> {
  if (told === true) return 'on';
  if (rootless === true) return 'absent';
  if (!host.origin.running) return null;
  const enabled = await host.read('/sys/module/apparmor/parameters/enabled');
  if (enabled.state === 'unknown') return null;
  if (enabled.value?.trim() !== 'Y') return 'absent';
  return told === null ? 'on' : 'unused';
}

function textOption(options: EngineOptions, name: string): string | null {
  const value = options[name]?.value;
  return typeof value === 'string' ? value : null;
}
