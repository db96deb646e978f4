import { defineFact } from '../engine/fact.ts';
import { known, unknown } from '../host/evidence.ts';
import type { Evidence } from '../host/evidence.ts';
import type { CommandResult, Host } from '../host/host.ts';
import { listenersFact } from './listeners/listeners.ts';
import type { Listener } from './listeners/listener.ts';
import type { Process } from './processes.ts';
import { processesFact } from './processes.ts';

/** Where an SSH daemon waits for logins. */
export interface SshDoor {
  readonly port: number;
  /** As in {@link Listener.address}; on a root directory the configured port counts as every address. */
  readonly address: string;
}

const sockets = [
  'systemctl',
  'show',
  'ssh.socket',
  'sshd.socket',
  '--property=Id,ActiveState,Listen',
] as const;

/**
 * The addresses and ports that take SSH logins: sshd's own, and those that systemd holds for it
 * (socket activation, where no sshd runs until somebody connects). An empty list means that there is none;
 * where a socket's owner is unseen and no door was found, that is unknown.
 */
export const sshDoorsFact = defineFact<readonly SshDoor[]>({
  id: 'ssh-doors',
  gather: async (host, read) => {
    if (!host.origin.running) return configuredDoors(host);
    const [listeners, shown, configured, processes] = await Promise.all([
      read(listenersFact),
      host.run(sockets),
      configuredPorts(host),
      read(processesFact),
    ]);
    if (listeners.state === 'unknown') return listeners;
    const activated = activatedPorts(shown);
    const isDoor = ({ proto, port, process }: Listener) => {
      if (proto !== 'tcp') return false;
      // Not root: whose the socket is stays unseen, and the port has to tell.
      if (process === null) return activated.includes(port) || port === 22 || configured.includes(port);
      return isSshd(process) || (process.pid === 1 && activated.includes(port));
    };
    const doors = listeners.value.filter(isDoor).map(({ port, address }) => ({ port, address }));
    const unseen = listeners.value.some(({ proto, process }) => proto === 'tcp' && process === null);
    // What ss shows root without an owner is the kernel's own (NFS), unless a daemon's door is missing.
    const isKernels =
      host.origin.privileged &&
      listeners.source.startsWith('ss ') &&
      processes.state === 'known' &&
      !processes.value.some((process) => isSshd(process) && process.containerId === null);
    if (doors.length === 0 && unseen && !isKernels) {
      const remedy = host.origin.privileged ? 'install iproute2 for ss' : 'run as root';
      return unknown('denied', `whose the listening sockets are was not seen; ${remedy}`, listeners.source);
    }
    return known(doors, listeners.source);
  },
});

function isSshd({ name }: Process): boolean {
  return name === 'sshd' || name === 'dropbear';
}

/** Whether a socket of the host is one of these doors. */
export function isSshDoor(
  { proto, port, address }: Pick<Listener, 'proto' | 'port' | 'address'>,
  doors: readonly SshDoor[],
): boolean {
  return proto === 'tcp' && doors.some((door) => door.port === port && door.address === address);
}

/** Ports of active SSH sockets; see systemd.socket(5). */
function activatedPorts(shown: Evidence<CommandResult>): readonly number[] {
  if (shown.state === 'unknown') return [];
  const active = shown.value.stdout.split(/\n\n+/).filter((block) => /^ActiveState=active$/m.test(block));
  return active.flatMap((block) =>
    Array.from(block.matchAll(/^Listen=(?:.*:)?(\d+) \(Stream\)$/gm), ([, port]) => Number(port)),
  );
}

async function configuredDoors(host: Host): Promise<Evidence<readonly SshDoor[]>> {
  const path = '/usr/sbin/sshd';
  const program = await host.stat(path);
  if (program.state === 'unknown') return program;
  if (program.value === null) return known([], path);
  const ports = await configuredPorts(host);
  const doors = (ports.length === 0 ? [22] : ports).map((port) => ({ port, address: '0.0.0.0' }));
  return known(doors, '/etc/ssh/sshd_config');
}

/** Every `Port` of sshd's files, and of `ListenAddress`; all of them are listened on, see sshd_config(5). */
async function configuredPorts(host: Host): Promise<readonly number[]> {
  const directory = '/etc/ssh/sshd_config.d';
  const names = await host.list(directory);
  const dropIns = names.state === 'known' ? (names.value ?? []).filter((name) => name.endsWith('.conf')) : [];
  const paths = ['/etc/ssh/sshd_config', ...dropIns.map((name) => `${directory}/${name}`)];
  const texts = await Promise.all(paths.map((path) => host.read(path)));
  return texts.flatMap((text) => {
    const lines = text.state === 'known' ? (text.value ?? '') : '';
    return [ports, addresses].flatMap((pattern) =>
      Array.from(lines.matchAll(pattern), ([, port]) => Number(port)),
    );
  });
}

const ports = /^[ \t]*Port[ \t]*[= \t][ \t]*"?(\d{1,5})/gim;
/** `host:port` or `[address]:port`; an IPv6 address without brackets has no port. */
const addresses = /^[ \t]*ListenAddress[ \t]*[= \t][ \t]*"?(?:\[[^\]\n]*\]|[^:\s"[\]]+):(\d{1,5})\b/gim;
