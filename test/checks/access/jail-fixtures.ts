import type { Fail2ban } from '../../../src/facts/fail2ban/fail2ban.ts';
import type { Jail, JailSetting } from '../../../src/facts/fail2ban/jail.ts';

function setting<T>(value: T): JailSetting<T> {
  return { value, citation: { source: '/etc/fail2ban/jail.local', line: 3, excerpt: String(value) } };
}

/** An sshd jail as Debian has it, with changes. */
export function jail(changes: Partial<Jail> = {}): Jail {
  const ssh = [{ from: 22, to: 22 }];
  return {
    name: 'sshd',
    enabled: true,
    running: true,
    problem: null,
    filter: 'sshd',
    backend: 'systemd',
    enabledBy: setting('enabled = true').citation,
    maxRetry: setting<number | null>(5),
    findTime: setting<number | null>(600),
    banTime: setting<number | null>(600),
    increment: false,
    ignored: setting<readonly string[]>([]),
    logPaths: [],
    ports: ssh,
    bans: [{ action: 'iptables-multiport', where: 'input', ports: ssh }],
    ...changes,
  };
}

export function limits(maxRetry: number | null, banTime: number, findTime: number): Partial<Jail> {
  return {
    maxRetry: setting(maxRetry),
    banTime: setting<number | null>(banTime),
    findTime: setting<number | null>(findTime),
  };
}

export function ignoring(...networks: readonly string[]): Jail {
  return jail({ ignored: setting(networks) });
}

/** A running fail2ban with these jails. */
export function fail2banWith(...jails: readonly Jail[]): Fail2ban {
  return { enabled: true, active: true, jails };
}

export const stopped: Fail2ban = { enabled: true, active: false, jails: [jail()] };
