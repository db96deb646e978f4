import { basename, dirname } from 'node:path/posix';
import type { FactReader } from '../../engine/fact.ts';
import type { Evidence } from '../../host/evidence.ts';
import { gapsOf, known, mapEvidence, unknown } from '../../host/evidence.ts';
import type { FileStat, Host } from '../../host/host.ts';
import { startOf } from '../process-start.ts';
import { dockerUnitsFact } from '../listeners/docker-units.ts';
import type { Process } from '../processes.ts';
import { readAccounts } from '../sshd/accounts.ts';
import { namedWriters } from './access-list.ts';
import type { EngineOptions } from './engine-options.ts';
import { optionsOfArguments, optionsOfFile } from './engine-options.ts';

export const defaultSocket = '/run/docker.sock';
const programs = ['/usr/bin/dockerd', '/usr/sbin/dockerd', '/usr/local/bin/dockerd', '/snap/bin/dockerd'];

export interface EngineSocket {
  readonly path: string;
  /** `null` when it is not there or may not be seen. */
  readonly stat: FileStat | null;
  /** Whom its access control list lets write beside: `user bob`. */
  readonly named: Evidence<readonly string[]>;
}

/** Who runs an engine without root. */
interface Account {
  readonly name: string;
  readonly home: string;
}

/** The user who runs it without root; `null` for root's, or where he is not known. */
export async function accountOf(host: Host, daemon: Process | undefined): Promise<Account | null> {
  if (daemon === undefined || daemon.uid === 0) return null;
  const { users } = await readAccounts(host);
  return users.find(({ uid }) => uid === daemon.uid) ?? null;
}

/** daemon.json beside the flags: of the dockerd that runs, else those that its unit would give it. */
export async function configurationOf(
  host: Host,
  read: FactReader,
  daemon: Process | undefined,
  account: Account | null,
) {
  const source = daemon === undefined ? '' : `command line of dockerd (pid ${String(daemon.pid)})`;
  const flags =
    daemon === undefined
      ? mapEvidence(await read(dockerUnitsFact), ({ options }) => options)
      : known(optionsOfArguments(daemon.argv, source), source);
  const given = flags.state === 'known' ? flags.value : {};
  const path = textOption(given, 'config-file') ?? usualFile(daemon, account);
  const file =
    path === null ? unknown('unsupported', homeless(daemon), source) : optionsOfFile(await host.read(path));
  return {
    // Without a home there is none that is known.
    configFile: path ?? '~/.config/docker/daemon.json',
    account: account?.name ?? null,
    options: { ...(file.state === 'known' ? file.value : {}), ...given },
    gaps: [file, flags].flatMap(gapsOf),
    drift: daemon === undefined || path === null ? null : await driftOf(host, daemon, path),
  };
}

export type ConfiguredEngine = Awaited<ReturnType<typeof configurationOf>>;

/** Whether a running engine may have read another value than the one that its daemon.json has now, or lacks. */
export function mayDiffer({ options, configFile, drift }: ConfiguredEngine, name: string): boolean {
  const option = options[name];
  return drift !== null && (option === undefined || option.source === configFile);
}

/** An engine that starts for the first time writes /etc/docker/key.json, soon after its start. */
const settling = 60;

/** Why a running engine may have read another daemon.json than the one that is there; `null`: it has read this one. */
async function driftOf(host: Host, { pid }: Process, path: string): Promise<string | null> {
  const [startedAt, file, directory] = await Promise.all([
    startOf(host, pid),
    host.stat(path),
    host.stat(dirname(path)),
  ]);
  const name = `dockerd (pid ${String(pid)})`;
  if (file.state === 'unknown' || directory.state === 'unknown' || startedAt === null) {
    return `whether ${path} was changed after ${name} started was not seen`;
  }
  const since = file.value?.mtime ?? (directory.value?.mtime ?? 0) - settling;
  if (since <= startedAt) return null;
  return file.value === null
    ? `${dirname(path)} was changed after ${name} started, and there may have been a ${basename(path)} then: restart the engine`
    : `${path} was changed after ${name} started: restart the engine, or have it reload what it can (SIGHUP)`;
}

/** Without root it has its user's: docs.docker.com/engine/security/rootless. */
function usualFile(daemon: Process | undefined, account: Account | null): string | null {
  if (daemon === undefined || daemon.uid === 0) return '/etc/docker/daemon.json';
  return account === null ? null : `${account.home}/.config/docker/daemon.json`;
}

function homeless(daemon: Process | undefined): string {
  return `the home of user ${String(daemon?.uid)}, whose Docker Engine runs here, is not in /etc/passwd: its daemon.json was not read`;
}

/** What it was told to listen on, as written: `fd://`, `unix:///run/docker.sock`, `tcp://0.0.0.0:2375`. */
export function addressesOf(options: EngineOptions): readonly string[] {
  const hosts = options.hosts?.value;
  return (Array.isArray(hosts) ? hosts : []).map(String);
}

/**
 * Every unix socket that it listens on; none where it was told of TCP alone: `-H` replaces the usual one, dockerd(8).
 */
export async function socketsOf(
  host: Host,
  configured: ConfiguredEngine,
  daemon: Process | undefined,
): Promise<EngineSocket[]> {
  const addresses = addressesOf(configured.options);
  const named = addresses.flatMap((address) => {
    if (address.startsWith('unix://')) return [address.slice('unix://'.length) || defaultSocket];
    // systemd's docker.socket listens there.
    return address.startsWith('fd:') ? [defaultSocket] : [];
  });
  const usual =
    daemon !== undefined && daemon.uid > 0 ? `/run/user/${String(daemon.uid)}/docker.sock` : defaultSocket;
  const isUsual = named.length === 0 && (addresses.length === 0 || mayDiffer(configured, 'hosts'));
  const paths = new Set((isUsual ? [usual] : named).map((path) => path.replace(/^\/var\/run\//, '/run/')));
  return Promise.all(
    [...paths].map(async (path) => {
      const stat = await host.stat(path);
      const isSocket = stat.state === 'known' && stat.value?.type === 'socket';
      return {
        path,
        stat: stat.state === 'known' ? stat.value : null,
        named: isSocket && host.origin.running ? await namedWriters(host, path) : known([], path),
      };
    }),
  );
}

/** Whether this host has anything of Docker's. */
export async function isInstalled(
  host: Host,
  sockets: readonly EngineSocket[],
  dataRoot: string,
): Promise<boolean> {
  if (sockets.some(({ stat }) => stat?.type === 'socket')) return true;
  const found = await Promise.all([...programs, `${dataRoot}/containers`].map((path) => host.stat(path)));
  return found.some((stat) => stat.state === 'unknown' || stat.value !== null);
}

/** A setting whose value is text. */
export function textOption(options: EngineOptions, name: string): string | null {
  const value = options[name]?.value;
  return typeof value === 'string' ? value : null;
}
