import { describe, expect, test } from '@jest/globals';
import { factReader } from '../../../src/engine/fact.ts';
import { enginesFact } from '../../../src/facts/workloads/engine.ts';
import { workloadsFact } from '../../../src/facts/workloads/workloads.ts';
import { dockerContainer } from '../../harness/docker-container.ts';
import type { MemoryHost } from '../../harness/memory-host.ts';
import { memoryHost } from '../../harness/memory-host.ts';

const socket = '/run/docker.sock';
const container = dockerContainer('a');
const answers: readonly [string, unknown][] = [
  ['/info', { ServerVersion: '28.5.1', DefaultRuntime: 'runc', DockerRootDir: '/var/lib/docker' }],
  ['/containers/json?all=1', [{ Id: container.Id, Names: [container.Name] }]],
  ['/volumes', { Volumes: [] }],
  [`/containers/${container.Id}/json`, container],
];

function dockerd(pid: number, unit: string, flags: readonly string[], ppid = 1): Record<string, string> {
  return {
    [`/proc/${String(pid)}/cmdline`]: ['/usr/sbin/dockerd', ...flags].join('\0') + '\0',
    [`/proc/${String(pid)}/status`]: `Name:\tdockerd\nPPid:\t${String(ppid)}\nUid:\t0\t0\t0\t0\n`,
    [`/proc/${String(pid)}/cgroup`]: `0::/system.slice/${unit}\n`,
  };
}

function machine(...daemons: readonly Record<string, string>[]): MemoryHost {
  const init = { '/proc/1/cmdline': 'init\0', '/proc/1/status': 'Name:\tinit\nPPid:\t0\nUid:\t0\t0\t0\t0\n' };
  return {
    files: Object.assign({}, init, ...daemons) as Record<string, string>,
    gets: answers.map(([path, body]) => ({ socket, path, body: JSON.stringify(body) })),
  };
}

const usual = (pid: number) => dockerd(pid, 'docker.service', ['-H', 'fd://']);
const second = (pid: number, ...flags: readonly string[]) =>
  dockerd(pid, 'docker2.service', [...flags, '--data-root', '/srv/d2', '--iptables=false']);

describe('a second dockerd', () => {
  test.each([
    ['after the first', 79, 80],
    ['before it', 80, 79],
  ])('on TCP alone, %s: its own settings, and its containers are a gap', async (_, pid, other) => {
    const read = factReader(await memoryHost(machine(usual(pid), second(other, '-H', 'tcp://0.0.0.0:2375'))));
    expect(await read(enginesFact)).toMatchObject({
      value: [
        {
          name: 'Docker Engine',
          version: '28.5.1',
          sockets: [{ path: socket }],
          dataRoot: '/var/lib/docker',
        },
        {
          name: 'Docker Engine at tcp://0.0.0.0:2375',
          version: null,
          running: true,
          sockets: [],
          options: { iptables: { value: false } },
          dataRoot: '/srv/d2',
          unheard: { detail: expect.stringContaining('listens on TCP alone') },
        },
      ],
    });
    expect(await read(workloadsFact)).toMatchObject({
      value: [{ name: 'a' }],
      gaps: [`dockerd (pid ${String(other)}) listens on TCP alone: its containers are not read`],
    });
  });

  test('that seems to have the same socket does not get the answers of the first', async () => {
    const read = factReader(await memoryHost(machine(usual(80), second(79, '-H', 'fd://'))));
    expect(await read(enginesFact)).toMatchObject({
      value: [
        { name: 'Docker Engine', version: '28.5.1', options: { hosts: { value: ['fd://'] } } },
        { name: 'Docker Engine (data in /srv/d2)', version: null, options: { iptables: { value: false } } },
      ],
    });
    expect(await read(workloadsFact)).toMatchObject({
      value: [{ name: 'a' }],
      gaps: [expect.stringContaining('dockerd (pid 79)')],
    });
  });

  test('that a script of its name started is the one that counts', async () => {
    const script = dockerd(70, 'docker.service', ['-H', 'fd://']);
    const own = { ...script, '/proc/70/cmdline': '/bin/sh\0/usr/local/sbin/dockerd\0-H\0fd://\0' };
    const real = dockerd(71, 'docker.service', ['-H', 'unix:///run/docker.sock', '-H', 'tcp://:2375'], 70);
    const read = factReader(await memoryHost(machine(own, real)));
    const engines = await read(enginesFact);
    expect(
      engines.state === 'known' && engines.value.map(({ options }) => options.hosts?.value),
    ).toContainEqual(['unix:///run/docker.sock', 'tcp://:2375']);
  });

  test('that the first one forked is none of its own', async () => {
    const fork = dockerd(81, 'docker.service', ['-H', 'fd://'], 79);
    const read = factReader(await memoryHost(machine(usual(79), fork)));
    expect(await read(enginesFact)).toMatchObject({ value: [{ name: 'Docker Engine' }] });
  });
});

test.each([
  ['[]', [{ path: socket }], '28.5.1'],
  ['["tcp://127.0.0.1:2375"]', [], null],
])('one engine whose daemon.json has the hosts %s', async (hosts, sockets, version) => {
  const has = machine(dockerd(79, 'docker.service', []));
  const times = {
    '/proc/stat': 'btime 1000\n',
    '/proc/79/stat': `79 (dockerd) S 1 ${'0 '.repeat(17)}50000 0 0\n`,
  };
  const files = { ...has.files, ...times, '/etc/docker/daemon.json': `{"hosts": ${hosts}}` };
  const read = factReader(await memoryHost({ ...has, files }));
  expect(await read(enginesFact)).toMatchObject({ value: [{ sockets, version }] });
});

test('hosts that were perhaps written after the engine started leave the usual socket to ask', async () => {
  const has = machine(dockerd(79, 'docker.service', []));
  const files = { ...has.files, '/etc/docker/daemon.json': '{"hosts": ["tcp://127.0.0.1:2375"]}' };
  const read = factReader(await memoryHost({ ...has, files }));
  expect(await read(enginesFact)).toMatchObject({
    value: [{ sockets: [{ path: socket }], version: '28.5.1' }],
  });
});
