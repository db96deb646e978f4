import type { Citation } from '../../engine/check.ts';
import { defineFact } from '../../engine/fact.ts';
import type { Evidence } from '../../host/evidence.ts';
import { known, unknown } from '../../host/evidence.ts';
import type { CommandResult, Host } from '../../host/host.ts';
import type { Process } from '../processes.ts';
import { processesFact } from '../processes.ts';

export const guardNames = ['fail2ban', 'sshguard', 'crowdsec'] as const;

/** A program that bans who fails to log in too often. */
export interface Guard {
  readonly name: (typeof guardNames)[number];
  readonly installed: boolean;
  /** Started at boot; `null` when that cannot be told. */
  readonly enabled: boolean | null;
  /** Running now; `null` when that cannot be told: files alone do not show it. */
  readonly active: boolean | null;
  /** Last lines of its journal when it failed to run; empty when it did not, or they may not be read. */
  readonly journal: readonly string[];
  readonly citation: Citation;
}

/** Brute-force protection of this machine: one entry for each program, installed or not. */
export const guardsFact = defineFact<readonly Guard[]>({
  id: 'guards',
  gather: async (host, read) => {
    if (!host.origin.running) return guardsOfFiles(host);
    const units = guardNames.map((name) => `${name}.service`);
    const [shown, processes, binaries] = await Promise.all([
      host.run(['systemctl', 'show', ...units, '--property=Id,LoadState,ActiveState,UnitFileState']),
      read(processesFact),
      Promise.all(guardNames.map((name) => binaryOf(host, name))),
    ]);
    const guards = await Promise.all(
      guardNames.map((name, index) =>
        guardOf(host, name, { shown, processes, binary: binaries[index] ?? null }),
      ),
    );
    const unseen = guards.find((guard) => guard === null);
    if (unseen === null) {
      const detail =
        'neither systemctl nor /proc showed whether fail2ban, sshguard or crowdsec is there; run as root';
      return unknown('unsupported', detail, 'systemctl show fail2ban.service');
    }
    return known(
      guards.filter((guard) => guard !== null),
      'systemctl show fail2ban.service',
    );
  },
});

interface Seen {
  readonly shown: Evidence<CommandResult>;
  readonly processes: Evidence<readonly Process[]>;
  readonly binary: string | null;
}

async function guardOf(host: Host, name: Guard['name'], seen: Seen): Promise<Guard | null> {
  const unit = unitOf(seen.shown, `${name}.service`);
  const processes = seen.processes.state === 'known' ? seen.processes.value : null;
  if (unit === null && processes === null && seen.binary === null) return null;
  const runs = processes?.some((process) => process.name === programOf(name)) ?? false;
  const { LoadState = '', ActiveState = '', UnitFileState = '' } = unit ?? {};
  // A name can be masked that no program is installed for.
  const found = LoadState === 'loaded' || (LoadState === 'masked' && seen.binary !== null);
  const active = runs || ActiveState === 'active';
  const unseen = unit === null && processes === null;
  return {
    name,
    installed: found || runs || seen.binary !== null,
    enabled: found ? ['enabled', 'enabled-runtime', 'static'].includes(UnitFileState) : null,
    active: !active && unseen ? null : active,
    journal: found && !active ? await journalOf(host, name) : [],
    citation: {
      source: `systemctl show ${name}.service`,
      line: null,
      excerpt: unit === null ? null : `${name}.service ${LoadState} ${ActiveState}`,
    },
  };
}

/** The process, as the kernel names it. */
function programOf(name: Guard['name']): string {
  return name === 'fail2ban' ? 'fail2ban-server' : name;
}

/** Properties of one unit in `systemctl show` of several, which are parted by empty lines. */
function unitOf(shown: Evidence<CommandResult>, id: string): Readonly<Record<string, string>> | null {
  if (shown.state === 'unknown' || shown.value.exitCode !== 0) return null;
  for (const block of shown.value.stdout.split(/\n\n+/)) {
    const pairs = block.split('\n').map((line): [string, string] => {
      const at = line.indexOf('=');
      return [line.slice(0, at), line.slice(at + 1)];
    });
    const properties: Readonly<Record<string, string>> = Object.fromEntries(pairs);
    if (properties.Id === id) return properties;
  }
  return null;
}

async function journalOf(host: Host, name: string): Promise<readonly string[]> {
  const run = await host.run(['journalctl', '-u', name, '-n', '20', '-o', 'cat', '--no-pager']);
  return run.state === 'known' && run.value.exitCode === 0
    ? run.value.stdout.split('\n').filter(Boolean)
    : [];
}

async function binaryOf(host: Host, name: Guard['name']): Promise<string | null> {
  const paths = ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin'].map(
    (place) => `${place}/${programOf(name)}`,
  );
  const stats = await Promise.all(paths.map((path) => host.stat(path)));
  return (
    paths.find((_, index) => stats[index]?.state === 'known' && stats[index].value?.type === 'file') ?? null
  );
}

/** What a root directory shows: the program, and the link that starts it at boot; see systemctl(1), enable. */
async function guardsOfFiles(host: Host): Promise<Evidence<readonly Guard[]>> {
  const wants = '/etc/systemd/system/multi-user.target.wants';
  const links = await host.list(wants);
  if (links.state === 'unknown') return links;
  const guards = await Promise.all(
    guardNames.map(async (name): Promise<Guard> => {
      const binary = await binaryOf(host, name);
      const enabled = links.value?.includes(`${name}.service`) === true;
      const citation = { source: binary ?? `/usr/bin/${name}`, line: null, excerpt: null };
      return { name, installed: binary !== null, enabled, active: null, journal: [], citation };
    }),
  );
  return known(guards, wants);
}
