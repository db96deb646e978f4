import { describe, expect, test } from '@jest/globals';
import { factReader } from '../../../src/engine/fact.ts';
import { propertyNames } from '../../../src/facts/units/settings.ts';
import { enginesFact } from '../../../src/facts/workloads/engine.ts';
import { workloadsFact } from '../../../src/facts/workloads/workloads.ts';
import { dockerContainer, idOf } from '../../harness/docker-container.ts';
import type { MemoryHost } from '../../harness/memory-host.ts';
import { memoryHost } from '../../harness/memory-host.ts';

const socket = '/run/docker.sock';
const socketStat = { stat: { type: 'socket', mode: 0o660, uid: 0, gid: 103, size: 0, mtime: 0 } };
const info = {
  ServerVersion: '20.10.24',
  SecurityOptions: ['name=apparmor', 'name=seccomp,profile=default'],
  DefaultRuntime: 'runc',
  Runtimes: { runc: {} },
  DockerRootDir: '/var/lib/docker',
};

function dockerd(...flags: string[]): Record<string, string> {
  return {
    '/proc/1/cmdline': 'init\0',
    '/proc/1/status': 'Name:\tinit\nPPid:\t0\nUid:\t0\t0\t0\t0\n',
    '/proc/79/cmdline': ['/usr/sbin/dockerd', ...flags].join('\0') + '\0',
    '/proc/79/status': 'Name:\tdockerd\nPPid:\t1\nUid:\t0\t0\t0\t0\n',
    '/proc/79/cgroup': '0::/system.slice/docker.service\n',
  };
}

const noEngine = { '/proc/1/cmdline': 'init\0', '/proc/1/status': 'Name:\tinit\nUid:\t0\t0\t0\t0\n' };

function running(
  containers: readonly ReturnType<typeof dockerContainer>[],
  more: MemoryHost = {},
): MemoryHost {
  const answers: readonly [string, unknown][] = [
    ['/info', info],
    ['/containers/json?all=1', containers.map(({ Id, Name }) => ({ Id, Names: [Name] }))],
    ['/volumes', { Volumes: [{ Name: 'root', Options: { type: 'none', o: 'bind', device: '/root' } }] }],
    ...containers.map((each): [string, unknown] => [`/containers/${each.Id}/json`, each]),
  ];
  return {
    ...more,
    files: { ...dockerd('-H', 'fd://'), ...more.files },
    recording: { [socket]: socketStat, ...more.recording },
    gets: answers.map(([path, body]) => ({ socket, path, body: JSON.stringify(body) })),
  };
}

async function workloads(has: MemoryHost) {
  return factReader(await memoryHost(has))(workloadsFact);
}

// Started 500 s after a boot at 1000.
const started = {
  '/proc/stat': 'cpu 1\nbtime 1000\n',
  '/proc/79/stat': `79 (dockerd) S 1 ${'0 '.repeat(17)}50000 0 0\n`,
};

describe('workloads of Docker', () => {
  test('no socket, no dockerd, no program: none', async () => {
    expect(await workloads({ files: noEngine })).toMatchObject({ state: 'known', value: [] });
  });

  test('every container, stopped ones too, by name', async () => {
    const stopped = dockerContainer('b', { state: { Status: 'exited', Pid: 0 } });
    const found = await workloads(running([stopped, dockerContainer('a')]));
    expect(found).toMatchObject({
      state: 'known',
      value: [
        {
          name: 'a',
          state: 'running',
          origin: 'docker inspect a',
          directory: `/var/lib/docker/containers/${idOf('a')}`,
        },
        { name: 'b', state: 'stopped', pid: null },
      ],
    });
    expect(found).not.toHaveProperty('gaps');
  });

  test('a socket that may not be opened is denied, never none', async () => {
    const has = running([]);
    const host = await memoryHost({ ...has, gets: [] });
    const denied = {
      ...host,
      get: () => Promise.resolve({ state: 'unknown', why: 'denied', detail: 'no', source: socket } as const),
    };
    expect(await factReader(denied)(workloadsFact)).toMatchObject({
      state: 'unknown',
      why: 'denied',
      detail: expect.stringContaining('run as root'),
    });
  });

  test('where processes are not seen no socket is opened: that would start an engine', async () => {
    const has = running([dockerContainer('a')]);
    const host = await memoryHost({ ...has, files: { '/usr/bin/dockerd': '' } });
    const asked: string[] = [];
    const watched = { ...host, get: (at: string, path: string) => (asked.push(path), host.get(at, path)) };
    expect(await factReader(watched)(enginesFact)).toMatchObject({
      value: [
        {
          running: null,
          version: null,
          unheard: { why: 'denied', detail: 'whether the Docker Engine runs was not seen: run as root' },
        },
      ],
    });
    await factReader(watched)(workloadsFact);
    expect(asked).toEqual([]);
  });

  test.each([
    // An engine of before does not list it.
    ['20.10.24', [], true],
    ['23.0.0', [], false],
    ['28.5.1', ['name=no-new-privileges'], true],
  ])('no-new-privileges of %s that lists %j, where daemon.json has it', async (version, listed, expected) => {
    const file = { '/etc/docker/daemon.json': '{"no-new-privileges": true}' };
    const body = JSON.stringify({ ...info, ServerVersion: version, SecurityOptions: listed });
    const engineOf = async (files: Readonly<Record<string, string>>) => {
      const has = {
        ...running([], { files: { ...file, ...files } }),
        gets: [{ socket, path: '/info', body }],
      };
      return factReader(await memoryHost(has))(enginesFact);
    };
    expect(await engineOf(started)).toMatchObject({ value: [{ noNewPrivileges: expected }] });
    // Where it may have read another file, what it lists counts alone.
    const alone = listed.length > 0 || !version.startsWith('20.') ? expected : null;
    expect(await engineOf({})).toMatchObject({ value: [{ noNewPrivileges: alone }] });
  });

  test('a container that does not parse is a gap', async () => {
    const broken = { ...dockerContainer('b'), HostConfig: { Privileged: 'yes' } };
    const found = await workloads(running([dockerContainer('a'), broken as never]));
    expect(found).toMatchObject({ value: [{ name: 'a' }], gaps: [expect.stringContaining('container b')] });
  });

  test('an engine that does not run is not asked, which would start it: its files tell', async () => {
    const { Id, Path, Args, Config, HostConfig, Name } = dockerContainer('db', {
      host: { Privileged: true },
    });
    const directory = `/var/lib/docker/containers/${Id}`;
    const config = {
      ID: Id,
      Name,
      Path,
      Args,
      Config,
      State: { Running: true, StartedAt: '2026-01-01T00:00:00Z' },
    };
    const host = await memoryHost({
      files: {
        ...noEngine,
        [`${directory}/config.v2.json`]: JSON.stringify(config),
        [`${directory}/hostconfig.json`]: JSON.stringify(HostConfig),
      },
      recording: { [socket]: socketStat },
    });
    const asked: string[] = [];
    const watched = { ...host, get: (at: string, path: string) => (asked.push(path), host.get(at, path)) };
    expect(await factReader(watched)(workloadsFact)).toMatchObject({
      value: [{ name: 'db', state: 'stopped', privileged: true, origin: `${directory}/hostconfig.json` }],
    });
    expect(asked).toEqual([]);
  });

  test('a container file that may not be read is a gap', async () => {
    const directory = `/var/lib/docker/containers/${'a'.repeat(64)}`;
    const found = await workloads({
      files: { ...noEngine, [`${directory}/config.v2.json`]: '{}' },
      recording: {
        [socket]: socketStat,
        [`${directory}/hostconfig.json`]: {
          read: { unknown: 'denied', detail: 'hostconfig.json may not be read' },
        },
      },
    });
    expect(found).toMatchObject({ value: [], gaps: ['hostconfig.json may not be read'] });
  });

  test.each([
    ['may not be read', { unknown: 'denied', detail: 'no' }],
    ['is not understood', '{'],
  ])('options of a volume: what %s is a gap', async (_, read) => {
    const { Id, Path, Args, Config, HostConfig, Name } = dockerContainer('db');
    const directory = `/var/lib/docker/containers/${Id}`;
    const MountPoints = { '/d': { Type: 'volume', Name: 'v', Destination: '/d', RW: true } };
    const config = { ID: Id, Name, Path, Args, Config, MountPoints, State: {} };
    const options = '/var/lib/docker/volumes/v/opts.json';
    const found = await workloads({
      files: {
        ...noEngine,
        [`${directory}/config.v2.json`]: JSON.stringify(config),
        [`${directory}/hostconfig.json`]: JSON.stringify(HostConfig),
        ...(typeof read === 'string' ? { [options]: read } : {}),
      },
      recording: { [socket]: socketStat, ...(typeof read === 'string' ? {} : { [options]: { read } }) },
    });
    const sentence = expect.stringContaining('what volume v binds') as unknown;
    expect(found).toMatchObject({ value: [{ name: 'db' }], gaps: [sentence] });
  });

  test('with a daemon.json that is not understood, where the containers are is not known', async () => {
    const files = { ...noEngine, '/etc/docker/daemon.json': '{"data-root": "/srv/docker"' };
    expect(await workloads({ files, recording: { [socket]: socketStat } })).toMatchObject({
      value: [],
      gaps: [expect.stringContaining('daemon.json is not a JSON object')],
    });
  });

  test('mounts are followed through symbolic links, and through the options of a volume', async () => {
    const mounts = [
      { Type: 'bind', Source: '/data/etc', Destination: '/a', RW: true },
      {
        Type: 'volume',
        Name: 'root',
        Source: '/var/lib/docker/volumes/root/_data',
        Destination: '/b',
        RW: true,
      },
    ];
    const found = await workloads(
      running([dockerContainer('a', { mounts })], { recording: { '/data/etc': { readlink: '../etc' } } }),
    );
    expect(found).toMatchObject({
      value: [
        {
          mounts: [
            { source: '/data/etc', real: '/etc' },
            { type: 'bind', source: '/root', real: '/root' },
          ],
        },
      ],
    });
  });

  test('where a link may not be read, what is mounted is not known', async () => {
    const mounts = [{ Type: 'bind', Source: '/srv/x/y', Destination: '/a', RW: true }];
    const recording = { '/srv/x': { readlink: { unknown: 'denied', detail: 'no' } } };
    expect(await workloads(running([dockerContainer('a', { mounts })], { recording }))).toMatchObject({
      value: [{ mounts: [{ source: '/srv/x/y', real: null }] }],
    });
  });

  test('a loop of links ends', async () => {
    const mounts = [{ Type: 'bind', Source: '/a', Destination: '/a', RW: true }];
    const links = { '/a': { readlink: '/b' }, '/b': { readlink: '/a' } };
    expect(await workloads(running([dockerContainer('a', { mounts })], { recording: links }))).toMatchObject({
      state: 'known',
    });
  });

  test('containers of another engine are a gap', async () => {
    const files = {
      ...noEngine,
      '/proc/5/cmdline': 'conmon\0',
      '/proc/5/status': 'Name:\tconmon\nUid:\t0\t0\t0\t0\n',
    };
    expect(await workloads({ files })).toMatchObject({
      value: [],
      gaps: [expect.stringContaining('Podman')],
    });
  });
});

describe('containers of engines that are not read', () => {
  const shim = (...words: string[]) => ({
    '/proc/90/cmdline': ['/usr/bin/containerd-shim-runc-v2', ...words].join('\0') + '\0',
    '/proc/90/status': 'Name:\tcontainerd-shim\nUid:\t0\t0\t0\t0\n',
  });

  test.each([
    ['a shim without Docker', shim('-namespace', 'default'), 'containerd (namespace default)'],
    ['MicroK8s', { '/proc/5/cmdline': 'k\0', '/proc/5/status': 'Name:\tkubelite\n' }, 'MicroK8s'],
    [
      'stopped Podman containers',
      { '/var/lib/containers/storage/overlay-containers/containers.json': '[{"id":"x"}]' },
      '/var/lib/containers/storage',
    ],
    [
      'those of a user',
      { '/home/ai/.local/share/containers/storage/overlay-containers/containers.json': '[{"id":"x"}]' },
      '/home/ai',
    ],
    [
      'those of a rootless Docker Engine that does not run',
      { '/home/ai/.local/share/docker/containers/ab/config.v2.json': '{}' },
      '/home/ai/.local/share/docker',
    ],
    [
      'those of a service’s account',
      {
        '/etc/passwd': 'ai:x:990:990::/srv/ai/:/usr/sbin/nologin\n',
        '/srv/ai/.local/share/docker/containers/ab/config.v2.json': '{}',
      },
      '/srv/ai/.local/share/docker',
    ],
    ['a user’s quadlet', { '/etc/containers/systemd/users/1000/ui.kube': '[Kube]\n' }, 'ui.kube'],
    ['a quadlet at home', { '/home/ai/.config/containers/systemd/web.kube': '' }, 'web.kube'],
    ['k0s', { '/var/lib/k0s/kubelet/pods/uid/etc-hosts': '' }, 'k0s'],
    [
      'a quadlet without an image',
      { '/etc/containers/systemd/ollama.container': '[Container]\nRootfs=/srv/root\n' },
      'ollama.container',
    ],
    ['pods', { '/var/lib/kubelet/pods/uid/etc-hosts': '' }, 'Kubernetes'],
    ['k3s', { '/var/lib/rancher/k3s/agent/x': '' }, 'k3s'],
    ['containerd', { '/var/lib/containerd/io.containerd.runtime.v2.task/k8s.io/a/x': '' }, 'containerd'],
    [
      'the snap’s Docker Engine that does not run',
      { '/var/snap/docker/common/var-lib-docker/containers/ab/config.v2.json': '{}' },
      '/var/snap/docker/common/var-lib-docker/containers',
    ],
    ['stopped nerdctl', { '/var/lib/nerdctl/1935db59/containers/default/a/x': '' }, 'nerdctl'],
  ])('%s: a gap', async (_, files, sentence) => {
    const found = await workloads({ files: { ...noEngine, ...files } });
    expect(found).toMatchObject({ value: [], gaps: [expect.stringContaining(sentence)] });
  });

  const at = (pid: number, name: string, argv: readonly string[], cgroup = '/system.slice/x.service') => ({
    [`/proc/${String(pid)}/cmdline`]: `${argv.join('\0')}\0`,
    [`/proc/${String(pid)}/status`]: `Name:\t${name}\nPPid:\t1\nUid:\t0\t0\t0\t0\n`,
    [`/proc/${String(pid)}/cgroup`]: `0::${cgroup}\n`,
  });

  test.each([
    ['incusd', ['/usr/libexec/incus/incusd', '--group', 'incus-admin'], 'Incus'],
    ['lxd', ['/snap/lxd/current/bin/lxd', '--logfile', '/x'], 'LXD'],
    ['lxc-start', ['lxc-start', '-F', '-n', '101'], 'LXC'],
    ['lxc-monitord', ['/usr/libexec/lxc/lxc-monitord', '/var/lib/lxc', '5'], 'LXC'],
    ['forkstart', ['[lxc monitor] /var/lib/incus/containers c1'], 'LXC'],
    ['systemd-nspawn', ['systemd-nspawn', '--machine=x'], 'systemd-nspawn'],
    ['starter', ['Apptainer runtime parent'], 'Apptainer'],
    ['starter', ['/usr/libexec/apptainer/bin/starter'], 'Apptainer'],
    ['starter', ['Singularity instance: ai [web]'], 'Apptainer'],
    ['starter-suid', ['Apptainer instance: ai [web]'], 'Apptainer'],
  ])('a process %s %j: a gap', async (name, argv, engine) => {
    const gaps = [`containers of ${engine} run here and are not read`];
    expect(await workloads({ files: { ...noEngine, ...at(50, name, argv) } })).toMatchObject({ gaps });
  });

  test('strongSwan’s starter is none', async () => {
    const files = { ...noEngine, ...at(50, 'starter', ['/usr/lib/ipsec/starter', '--daemon', 'charon']) };
    expect(await workloads({ files })).not.toHaveProperty('gaps');
  });

  test.each([
    ['dockerd', ['dockerd', '--host=tcp://0.0.0.0:2376']],
    ['containerd-shim', ['containerd-shim-runc-v2', '-namespace', 'moby', '-id', 'b'.repeat(64)]],
    ['conmon', ['conmon', '-c', 'b'.repeat(64)]],
    ['podman', ['podman', 'system', 'service']],
    ['k3s-server', ['k3s', 'server']],
  ])('%s in a container: a gap that names the container', async (name, argv) => {
    const inside = at(300, name, argv, `/system.slice/docker-${idOf('dind')}.scope`);
    const foreign = at(301, name, argv, `/kubepods.slice/cri-containerd-${'c'.repeat(64)}.scope`);
    const sentence = (container: string) =>
      `an engine runs in container ${container}: its containers are not read`;
    expect(await workloads(running([dockerContainer('dind')], { files: inside }))).toMatchObject({
      value: [{ name: 'dind' }],
      gaps: [sentence('dind')],
    });
    expect(await workloads(running([dockerContainer('dind')], { files: foreign }))).toMatchObject({
      gaps: [sentence('c'.repeat(12))],
    });
  });

  test('a directory that may not be read is a gap', async () => {
    const recording = { '/var/lib/containers/storage': { list: { unknown: 'denied', detail: 'no' } } };
    expect(await workloads({ files: noEngine, recording })).toMatchObject({
      gaps: [expect.stringContaining('run as root')],
    });
  });

  test('homes that may not be entered are one gap', async () => {
    const denied = { list: { unknown: 'denied', detail: 'no' } };
    const recording = {
      '/home': { list: ['a', 'b'] },
      ...Object.fromEntries(
        ['a', 'b'].flatMap((user) =>
          [
            '.local/share/containers/storage',
            '.local/share/docker/containers',
            '.config/containers/systemd',
          ].map((path): [string, object] => [`/home/${user}/${path}`, denied]),
        ),
      ),
    };
    expect(await workloads({ files: noEngine, recording })).toMatchObject({
      gaps: ['/home/a, /home/b may not be read: run as root to see whether containers are in it'],
    });
  });

  test('hidden processes are a gap', async () => {
    expect(await workloads({ recording: { '/proc': { list: ['900'] } } })).toMatchObject({
      gaps: [expect.stringContaining('hidepid')],
    });
  });

  test('Docker’s own shims and state, and an empty Podman, are none', async () => {
    const files = {
      ...shim('-namespace', 'moby', '-id', 'a'),
      '/var/lib/containerd/io.containerd.runtime.v2.task/moby/a/x': '',
      '/var/lib/containers/storage/overlay-containers/containers.json': '[]',
    };
    expect(await workloads(running([], { files }))).not.toHaveProperty('gaps');
  });
});

describe('the networks of a container', () => {
  const on = (name: string) =>
    dockerContainer('a', { host: { NetworkMode: name }, network: { Networks: { [name]: {} } } });
  const networks = (...list: readonly object[]): MemoryHost => {
    const has = running([on('lan')]);
    const gets = [...(has.gets ?? []), { socket, path: '/networks', body: JSON.stringify(list) }];
    return { ...has, gets };
  };

  test.each([
    ['macvlan', { Driver: 'macvlan' }],
    ['overlay', { Driver: 'overlay' }],
    [
      'gateway mode routed',
      { Driver: 'bridge', Options: { 'com.docker.network.bridge.gateway_mode_ipv4': 'routed' } },
    ],
    ['public IPv6', { Driver: 'bridge', EnableIPv6: true, IPAM: { Config: [{ Subnet: '2001:db8::/64' }] } }],
  ])('%s: others may reach it', async (kind, network) => {
    expect(await workloads(networks({ Name: 'lan', ...network }))).toMatchObject({
      value: [{ openNetworks: [{ name: 'lan', kind: expect.stringContaining(kind) }] }],
    });
  });

  test('a bridge that translates addresses hides it', async () => {
    const has = networks({ Name: 'lan', Driver: 'bridge', Options: {} });
    const found = await workloads(has);
    expect(found).toMatchObject({ value: [{ openNetworks: [] }] });
    expect(found).not.toHaveProperty('gaps');
  });

  test('an engine that does not tell leaves it open', async () => {
    expect(await workloads(running([on('lan')]))).toMatchObject({
      value: [{ openNetworks: [{ name: 'lan', kind: null }] }],
    });
  });
});

describe('a container made with --rm', () => {
  const gone = (Status: string) =>
    dockerContainer('gone', { host: { AutoRemove: true }, state: { Status, Pid: 0 } });

  test('has no definition to edit, and while it runs no other has', async () => {
    expect(await workloads(running([gone('running'), dockerContainer('z')]))).toMatchObject({
      value: [
        { name: 'gone', autoRemove: true, directory: null },
        { name: 'z', directory: null },
      ],
    });
    expect(await workloads(running([gone('created'), dockerContainer('z')]))).toMatchObject({
      value: [{ directory: null }, { directory: expect.stringContaining('/containers/') }],
    });
  });
});

test.each([
  ['docker', []],
  ['podman', [{ name: 'vllm.service', source: 'podman' }]],
])('the unnamed container of an active unit is among those of %s: %j', async (engine, value) => {
  const unit = `[Service]\nExecStart=/usr/bin/${engine} run vllm/vllm-openai\n`;
  const identity = 'Id,Names,LoadState,ActiveState,UnitFileState,NeedDaemonReload';
  const asked = (kind: 'service' | 'slice', more: string, name: string) => [
    ...['systemctl', 'show', '--no-pager'],
    `--property=${[identity, more, ...propertyNames(kind)].filter(Boolean).join(',')}`,
    ...['--', name],
  ];
  const shown = 'Id=vllm.service\nLoadState=loaded\nActiveState=active\nSlice=system.slice\n';
  const found = await workloads({
    ...running([], { files: { '/etc/systemd/system/vllm.service': unit } }),
    commands: [
      { argv: asked('service', 'Environment,ExecStart', 'vllm.service'), stdout: shown },
      { argv: asked('slice', '', 'system.slice'), stdout: 'Id=system.slice\n' },
    ],
  });
  expect(found).toMatchObject({ value });
  expect(found).not.toHaveProperty('gaps');
});

test('a unit’s container is one whatever runs in it; of a quadlet’s unit the quadlet tells', async () => {
  const files = {
    ...noEngine,
    '/etc/systemd/system/web.service': '[Service]\nExecStart=/usr/bin/docker run --privileged nginx:1\n',
    '/etc/containers/systemd/a.container': '[Container]\nImage=img:1\n',
    '/run/systemd/generator/a.service': '[Service]\nExecStart=/usr/bin/podman run --name systemd-%N img:1\n',
  };
  expect(await workloads({ files })).toMatchObject({
    value: [
      { name: 'systemd-a', origin: '/etc/containers/systemd/a.container' },
      { name: 'web.service', privileged: true, state: 'declared' },
    ],
  });
});

test('a rootless engine is not what systemctl stops: no definition is edited', async () => {
  const has = running([dockerContainer('a')]);
  const rootless = JSON.stringify({ ...info, SecurityOptions: ['name=rootless'] });
  const gets = (has.gets ?? []).map((get) => (get.path === '/info' ? { ...get, body: rootless } : get));
  expect(await workloads({ ...has, gets })).toMatchObject({ value: [{ name: 'a', directory: null }] });
});

describe('the engine', () => {
  test('its own answer, and its options from file and command line', async () => {
    const has = running([], {
      files: { ...started, '/etc/docker/daemon.json': '{\n "no-new-privileges": true,\n "icc": false\n}' },
    });
    expect(await factReader(await memoryHost(has))(enginesFact)).toMatchObject({
      value: [
        {
          version: '20.10.24',
          noNewPrivileges: true,
          appArmor: 'on',
          seccomp: 'default',
          options: {
            icc: { value: false, source: '/etc/docker/daemon.json', line: 3 },
            hosts: { line: null },
          },
        },
      ],
    });
  });

  test('a daemon.json that may not be read leaves its settings open', async () => {
    const denied = { '/etc/docker/daemon.json': { read: { unknown: 'denied', detail: 'may not be read' } } };
    expect(await factReader(await memoryHost(running([], { recording: denied })))(enginesFact)).toMatchObject(
      {
        value: [{ noNewPrivileges: null }],
        gaps: ['may not be read'],
      },
    );
  });

  test('one that does not run has the options of its unit', async () => {
    const unit = '[Service]\nExecStart=/usr/sbin/dockerd --data-root /srv/docker --userns-remap=default\n';
    const files = { ...noEngine, '/usr/sbin/dockerd': '', '/lib/systemd/system/docker.service': unit };
    expect(await factReader(await memoryHost({ files }))(enginesFact)).toMatchObject({
      value: [{ running: false, dataRoot: '/srv/docker', userns: true }],
    });
  });

  test.each([
    ['Y\n', 'unused'],
    ['N\n', 'absent'],
    [null, 'absent'],
  ])('without AppArmor on a kernel that says %j: %s', async (enabled, appArmor) => {
    const has = running([], {
      files: enabled === null ? {} : { '/sys/module/apparmor/parameters/enabled': enabled },
    });
    const bare = JSON.stringify({ ...info, SecurityOptions: ['name=seccomp,profile=default'] });
    const gets = (has.gets ?? []).map((get) => (get.path === '/info' ? { ...get, body: bare } : get));
    expect(await factReader(await memoryHost({ ...has, gets }))(enginesFact)).toMatchObject({
      value: [{ appArmor }],
    });
  });

  test('a dockerd in a container is not this host’s engine', async () => {
    const files = { ...dockerd(), '/proc/79/cgroup': `0::/system.slice/docker-${'a'.repeat(64)}.scope\n` };
    expect(await factReader(await memoryHost({ files }))(enginesFact)).toMatchObject({ value: [] });
  });

  test('another socket from the command line', async () => {
    const files = dockerd('-H', 'unix:///var/run/other.sock');
    expect(await factReader(await memoryHost({ files }))(enginesFact)).toMatchObject({
      value: [{ sockets: [{ path: '/run/other.sock' }], unheard: { why: 'unsupported' } }],
    });
  });
});

describe('a daemon.json that is newer than the engine', () => {
  const file = { type: 'file', mode: 0o644, uid: 0, gid: 0, size: 2, mtime: 0 } as const;
  const directory = { ...file, type: 'directory', mode: 0o755 } as const;
  const path = '/etc/docker/daemon.json';

  test.each([
    ['read at the start', 1500, 1500, null],
    ['changed since', 1501, 1500, 'daemon.json was changed after dockerd (pid 79) started: restart'],
    ['none, and none since', null, 1500, null],
    ['none, beside a key that the engine itself wrote', null, 1503, null],
    ['none, and perhaps one at the start', null, 1600, 'there may have been a daemon.json then'],
  ])('%s', async (_, mtime, changed, drift) => {
    const recording = {
      [path]: { stat: mtime === null ? null : { ...file, mtime } },
      '/etc/docker': { stat: { ...directory, mtime: changed } },
    };
    const found = await factReader(
      await memoryHost(
        running([], { files: { ...started, ...(mtime === null ? {} : { [path]: '{}' }) }, recording }),
      ),
    )(enginesFact);
    expect(found).toMatchObject({
      value: [{ drift: drift === null ? null : expect.stringContaining(drift) }],
    });
  });

  test('an engine whose start was not seen', async () => {
    expect(await factReader(await memoryHost(running([])))(enginesFact)).toMatchObject({
      value: [{ drift: expect.stringContaining('was not seen') }],
    });
  });
});

describe('several engines', () => {
  const own = '/run/user/1000/docker.sock';
  const rootlessd = {
    '/etc/passwd': 'alice:x:1000:1000::/home/alice:/bin/sh\n',
    '/proc/90/cmdline': 'dockerd\0',
    '/proc/90/status': 'Name:\tdockerd\nPPid:\t1\nUid:\t1000\t1000\t1000\t1000\n',
    '/proc/90/cgroup': '0::/user.slice/user-1000.slice/user@1000.service/app.slice/docker.service\n',
  };
  const rootlessInfo = {
    ...info,
    SecurityOptions: ['name=seccomp,profile=builtin', 'name=rootless'],
    DockerRootDir: '/home/alice/.local/share/docker',
  };
  /** Root's engine with containers `a` and `b`, and alice's with another `a` and `mine`. */
  function two(more: MemoryHost = {}): MemoryHost {
    const root = running([dockerContainer('a'), dockerContainer('b')], { files: rootlessd, ...more });
    const hers = running([dockerContainer('a'), dockerContainer('mine')]);
    const gets = (hers.gets ?? []).map((get) => ({
      ...get,
      socket: own,
      body: get.path === '/info' ? JSON.stringify(rootlessInfo) : get.body,
    }));
    return {
      ...root,
      recording: { [own]: socketStat, ...root.recording },
      gets: [...(root.gets ?? []), ...gets],
    };
  }

  test('each dockerd that runs is one, root’s own first', async () => {
    const files = { '/home/alice/.config/docker/daemon.json': '{"icc": false}', ...rootlessd };
    const read = factReader(await memoryHost(two({ files })));
    expect(await read(enginesFact)).toMatchObject({
      value: [
        { name: 'Docker Engine', rootless: false, sockets: [{ path: socket }], options: {} },
        {
          name: 'Docker Engine of alice',
          rootless: true,
          sockets: [{ path: own }],
          options: { icc: { value: false } },
        },
      ],
    });
  });

  test('the containers of both, each with its engine; the second of a name says whose it is', async () => {
    const found = await workloads(two());
    expect(found).toMatchObject({
      value: [
        { name: 'a', engine: socket, origin: 'docker inspect a' },
        { name: `a (of ${own})`, engine: own, directory: null, origin: `docker -H unix://${own} inspect a` },
        { name: 'b', engine: socket },
        { name: 'mine', engine: own },
      ],
    });
    expect(found).not.toHaveProperty('gaps');
  });

  test('one that does not answer is a gap beside the other', async () => {
    const has = two();
    const gets = (has.gets ?? []).filter((get) => get.socket !== own);
    const found = await workloads({ ...has, gets });
    expect(found).toMatchObject({
      value: [{ name: 'a' }, { name: 'b' }],
      gaps: [expect.stringContaining(own)],
    });
  });

  test('a user whose home is not known: the settings of that engine are open', async () => {
    const found = await factReader(await memoryHost(two({ files: { ...rootlessd, '/etc/passwd': '' } })))(
      enginesFact,
    );
    expect(found).toMatchObject({ gaps: [expect.stringContaining('user 1000')] });
  });

  test.each([
    ['its own socket', `unix://${own}`, 0],
    ['another machine', 'ssh://root@gpu.example', 0],
    ['a socket that is not there', 'unix:///run/gone.sock', 0],
    ['a socket of nobody’s', 'unix:///run/colima.sock', 1],
  ])('a context that leads to %s: %s', async (_, Host, gaps) => {
    const meta = JSON.stringify({ Name: 'c', Metadata: {}, Endpoints: { docker: { Host } } });
    const has = two({ files: { ...rootlessd, '/home/alice/.docker/contexts/meta/ab/meta.json': meta } });
    const host = await memoryHost({
      ...has,
      recording: { ...has.recording, '/run/colima.sock': socketStat },
    });
    const asked: string[] = [];
    const watched = { ...host, get: (at: string, path: string) => (asked.push(at), host.get(at, path)) };
    const found = await factReader(watched)(workloadsFact);
    expect(found.state === 'known' ? (found.gaps ?? []).length : null).toBe(gaps);
    expect(new Set(asked)).toEqual(new Set([socket, own]));
  });

  test('root’s engine that does not run keeps its containers beside a user’s that does', async () => {
    const { Id, Name, Path, Args, Config, HostConfig } = dockerContainer('old');
    const directory = `/var/lib/docker/containers/${Id}`;
    const config = { ID: Id, Name, Path, Args, Config, State: { StartedAt: '2026-01-01T00:00:00Z' } };
    const { files, ...has } = two();
    const rest = Object.entries(files ?? {}).filter(([path]) => !path.startsWith('/proc/79/'));
    const kept = {
      [`${directory}/config.v2.json`]: JSON.stringify(config),
      [`${directory}/hostconfig.json`]: JSON.stringify(HostConfig),
    };
    const read = factReader(await memoryHost({ ...has, files: { ...Object.fromEntries(rest), ...kept } }));
    expect(await read(enginesFact)).toMatchObject({
      value: [
        { name: 'Docker Engine of alice', rootless: true },
        { name: 'Docker Engine', running: false },
      ],
    });
    expect(await read(workloadsFact)).toMatchObject({
      value: [{ name: 'a', engine: own }, { name: 'mine' }, { name: 'old', state: 'stopped' }],
    });
  });

  test.each([1, 30])('an engine with %i containers is asked at most that and six times', async (count) => {
    const names = Array.from({ length: count }, (_, index) => `c${String(index)}`);
    const host = await memoryHost(
      running(names.map((name) => dockerContainer(name, { network: { Networks: { x: {} } } }))),
    );
    const asked: string[] = [];
    const counting = { ...host, get: (at: string, path: string) => (asked.push(path), host.get(at, path)) };
    const read = factReader(counting);
    await Promise.all([read(workloadsFact), read(enginesFact)]);
    expect(asked).toContain('/networks');
    expect(asked.length).toBeLessThanOrEqual(count + 6);
  });
});
