import { defineFact } from '../../engine/fact.ts';
import type { FactReader } from '../../engine/fact.ts';
import type { Evidence } from '../../host/evidence.ts';
import { gapsOf, knownInPart } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';
import { packagesFact } from '../packages/packages.ts';
import type { Process } from '../processes.ts';
import { processesFact } from '../processes.ts';
import { projectFilesFact } from '../project-files.ts';
import type { Accounts } from './accounts.ts';
import { readAccounts } from './accounts.ts';
import { gatherServer } from './gather-server.ts';
import { defaultConfigFile, listeningSshd, parseArguments } from './processes.ts';
import { projectServers } from './project.ts';
import type { Sshd, SshdServer } from './server.ts';
import { readConfigTree } from './tree.ts';
import { sshdUnits } from './units.ts';

/**
 * Every sshd that listens, the installed one, and on a project every sshd_config in it, each with the
 * options that are in effect: by `sshd -T` where it answers, else by reading the files as sshd does.
 */
export const sshdFact = defineFact<Sshd>({
  id: 'sshd',
  kinds: ['live', 'rootfs', 'snapshot', 'project'],
  gather: async (host, read) => {
    if (host.origin.kind !== 'project') return machineServers(host, read);
    const files = await read(projectFilesFact);
    return files.state === 'unknown' ? files : projectServers(host, files.value);
  },
});

const programPaths = ['/usr/sbin/sshd', '/usr/bin/sshd', '/sbin/sshd', '/bin/sshd'];

async function machineServers(host: Host, read: FactReader): Promise<Evidence<Sshd>> {
  const [accounts, version, processes, units] = await Promise.all([
    readAccounts(host),
    installedVersion(host, read),
    read(processesFact),
    sshdUnits(host),
  ]);
  const listening = processes.state === 'known' ? listeningSshd(processes.value) : [];
  const running = await Promise.all(
    listening.map(async (process) => {
      const { configFile, args, overrides, pid, unit, exe } = process;
      const program = programOf(exe);
      const own = program !== 'other';
      return gatherServer(host, {
        name: nameOf(configFile, overrides),
        kind: 'running',
        tree: await readConfigTree(host, configFile),
        accounts,
        version: own ? version : null,
        pid,
        program,
        unit,
        args,
        overrides,
        ask: own && configFile.startsWith('/'),
      });
    }),
  );
  // A process that could not be seen may be a further server.
  const gaps = [
    ...(processes.state === 'known' ? otherDaemons(processes.value) : []),
    ...(host.origin.running ? gapsOf(processes) : []),
  ];
  if (running.some(({ tree }) => tree.file === defaultConfigFile)) {
    return knownInPart({ servers: running, because: '' }, 'sshd', gaps);
  }
  const installed = await installedServer(host, accounts, version, units);
  const servers = [...running, ...(typeof installed === 'string' ? [] : [installed])];
  const because = typeof installed === 'string' ? installed : '';
  return knownInPart({ servers, because }, 'sshd', gaps);
}

/** @param exe - where /proc says that the program lies; `null` when it does not say */
function programOf(exe: string | null): SshdServer['program'] {
  const path = exe?.replace(/ \(deleted\)$/, '') ?? null;
  if (path !== null && !programPaths.includes(path)) return 'other';
  return path === exe ? 'installed' : 'replaced';
}

/** One sentence for each SSH server that is no sshd. */
function otherDaemons(processes: readonly Process[]): readonly string[] {
  const names = processes.filter(({ containerId }) => containerId === null).map(({ name }) => name);
  return names.includes('dropbear') ? ['dropbear serves SSH here and its options are not read'] : [];
}

/** `sshd -f /etc/ssh/other`; two on one file are told apart by their options. */
function nameOf(configFile: string, overrides: readonly string[]): string {
  const file = configFile === defaultConfigFile ? '' : ` -f ${configFile}`;
  return `sshd${file}${overrides.map((option) => ` -o ${option.replace(/\s+/, '=')}`).join('')}`;
}

/** The server that the package's service or socket would start, or why there is none to judge. */
async function installedServer(
  host: Host,
  accounts: Accounts,
  version: string | null,
  units: Awaited<ReturnType<typeof sshdUnits>>,
): Promise<SshdServer | string> {
  const programs = await Promise.all(programPaths.map((path) => host.stat(path)));
  const missing = programs.every((program) => program.state === 'known' && program.value === null);
  const config = await host.stat(defaultConfigFile);
  if (missing && config.state === 'known' && config.value === null) return 'no sshd is installed';
  if (missing) return 'no sshd is installed, only its configuration is left';
  if (units?.off) return 'sshd is installed, but neither runs nor is enabled';
  const options = await host.read('/etc/default/ssh');
  const text = options.state === 'known' ? (options.value ?? '') : '';
  const set = /^\s*SSHD_OPTS=(["']?)(.*?)\1\s*$/m.exec(text)?.[2] ?? '';
  const { configFile, args, overrides } = parseArguments(set.split(/\s+/).filter(Boolean));
  const tree = await readConfigTree(host, configFile);
  const unread =
    options.state === 'known' ? [] : [{ path: options.source, detail: options.detail, after: 0 }];
  return gatherServer(host, {
    name: nameOf(configFile, overrides),
    kind: units?.socket ? 'socket' : 'installed',
    tree: { ...tree, unread: [...unread, ...tree.unread] },
    accounts,
    version,
    unit: units?.service ?? null,
    args,
    overrides,
    ask: true,
  });
}

/** Upstream's version of the installed server, such as `9.2`; `null` when nothing tells. */
async function installedVersion(host: Host, read: FactReader): Promise<string | null> {
  const packages = await read(packagesFact);
  const found = packages.state === 'known' ? packages.value?.get('openssh-server') : undefined;
  if (found?.status === 'installed') return upstreamVersion(found.version);
  // Releases before 9.2 do not know -V, and print their version with the usage.
  const printed = await host.run(['sshd', '-V']);
  const text = printed.state === 'known' ? `${printed.value.stdout}\n${printed.value.stderr}` : '';
  return /OpenSSH_(\d+\.\d+)/.exec(text)?.[1] ?? null;
}

export function upstreamVersion(packageVersion: string): string | null {
  return /^(?:\d+:)?(\d+\.\d+)/.exec(packageVersion)?.[1] ?? null;
}
