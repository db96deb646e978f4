import { dockerContainer } from './docker-container.ts';
import { ipCommands, networkSettings } from './ip-commands.ts';
import type { MemoryHost } from './memory-host.ts';

/** As iptables-save prints a ruleset that lets everything through. */
export const open = '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n';

const links = [
  {
    ifname: 'lo',
    flags: ['LOOPBACK', 'UP'],
    addr_info: [{ family: 'inet', local: '127.0.0.1', prefixlen: 8, scope: 'host' }],
  },
  {
    ifname: 'eth0',
    flags: ['UP'],
    addr_info: [{ family: 'inet', local: '10.77.0.2', prefixlen: 24, scope: 'global' }],
  },
  {
    ifname: 'docker0',
    flags: ['UP'],
    addr_info: [{ family: 'inet', local: '172.17.0.1', prefixlen: 16, scope: 'global' }],
  },
];
const socket = '/run/docker.sock';

/** Ollama, whose port 80 is published on 11434. */
export const ollama = dockerContainer('ollama', {
  config: { Image: 'ollama/ollama:0.5' },
  network: {
    Ports: { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '11434' }] },
    Networks: { bridge: { IPAddress: '172.17.0.2' } },
  },
});
const info = {
  ServerVersion: '20.10.24',
  SecurityOptions: [],
  DefaultRuntime: 'runc',
  Runtimes: { runc: {} },
  DockerRootDir: '/var/lib/docker',
};

/**
 * A machine at 10.77.0.2 on eth0 with these rules, as iptables-save prints them.
 *
 * @param sockets - lines of ss(8)
 * @param containers - of a Docker Engine; without any there is none
 * @param programs - kernel names of processes by their id
 */
export function box(
  iptables: string,
  sockets: readonly string[],
  containers: readonly ReturnType<typeof dockerContainer>[] = [],
  programs: Readonly<Record<number, string>> = {},
  settings: Parameters<typeof networkSettings>[1] = {},
): MemoryHost {
  const docker = containers.length > 0;
  const answers: readonly [string, unknown][] = [
    ['/info', info],
    ['/containers/json?all=1', containers.map(({ Id, Name }) => ({ Id, Names: [Name] }))],
    ['/volumes', {}],
    ...containers.map((each): [string, unknown] => [`/containers/${each.Id}/json`, each]),
  ];
  return {
    commands: [
      {
        argv: ['ss', '-H', '-t', '-u', '-l', '-n', '-p', '-e'],
        stdout: sockets.map((line) => `${line}\n`).join(''),
      },
      { argv: ['iptables-save'], stdout: iptables },
      { argv: ['ip6tables-save'], stdout: open },
      { argv: ['nft', '-j', 'list', 'ruleset'], stdout: '{"nftables": []}' },
      { argv: ['nft', '-a', 'list', 'ruleset'], stdout: '' },
      ...ipCommands(links),
    ],
    files: {
      ...networkSettings(links, settings),
      ...processFiles(1, 'init'),
      ...(docker ? processFiles(79, '/usr/sbin/dockerd\0-H\0fd://') : {}),
      ...Object.fromEntries(
        Object.entries(programs).flatMap(([pid, name]) => Object.entries(processFiles(Number(pid), name))),
      ),
    },
    gets: docker ? answers.map(([path, body]) => ({ socket, path, body: JSON.stringify(body) })) : [],
  };
}

function processFiles(pid: number, commandLine: string): Readonly<Record<string, string>> {
  const name = /[^/\0]+(?=\0|$)/.exec(commandLine)?.[0] ?? '';
  return {
    [`/proc/${String(pid)}/cmdline`]: `${commandLine}\0`,
    [`/proc/${String(pid)}/status`]: `Name:\t${name}\nPPid:\t${pid === 1 ? '0' : '1'}\nUid:\t0\t0\t0\t0\n`,
  };
}
