import type { Evidence } from '../host/evidence.ts';
import type { SshDoor } from './ssh-doors.ts';

/**
 * Ports for a remediation to keep open, as ufw(8) and `multiport` take them: `22,2222`. Without any
 * sshd the usual one; nothing when they could not be seen, so that no command is offered that might
 * lock the operator out.
 */
export function sshPortsData(doors: Evidence<readonly SshDoor[]>): Readonly<Record<string, string>> {
  if (doors.state === 'unknown') return {};
  const ports = [...new Set(doors.value.map(({ port }) => port))].toSorted((a, b) => a - b);
  return { sshPorts: ports.length === 0 ? '22' : ports.join(',') };
}
