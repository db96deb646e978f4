import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { factReader } from '../../../src/engine/fact.ts';
import { parseOciSpec } from '../../../src/facts/workloads/oci-spec.ts';
import { capabilityNames } from '../../../src/facts/workloads/capabilities.ts';
import { capabilitiesOf, workloadOfSpec } from '../../../src/facts/workloads/spec-workload.ts';
import { gapsOf } from '../../../src/host/evidence.ts';
import { maskSecrets } from '../../../src/host/mask.ts';
import type { Workload } from '../../../src/facts/workloads/workload.ts';
import { workloadsFact } from '../../../src/facts/workloads/workloads.ts';
import type { MemoryHost } from '../../harness/memory-host.ts';
import { memoryHost } from '../../harness/memory-host.ts';

interface Recorded {
  readonly storage: readonly { readonly id: string; readonly names: readonly string[] }[];
  readonly containers: readonly {
    readonly name: string;
    readonly inspect: { readonly Id: string };
    readonly spec: object | null;
  }[];
}

/**
 * Made by Podman 4.3.1 from command lines that the inspect holds as CreateCommand; the runtime specs as Podman wrote
 * them, lists of devices and system calls shortened, paths moved to the usual storage.
 */
const recorded = JSON.parse(
  readFileSync(new URL('../../../fixtures/podman/containers-4.3.json', import.meta.url), 'utf8'),
) as Recorded;
/** Id of a recorded container. */
function idOf(name: string): string {
  return recorded.containers.find((each) => each.name === name)?.inspect.Id ?? '';
}
const storage = '/var/lib/containers/storage';
const init = { '/proc/1/cmdline': 'init\0', '/proc/1/status': 'Name:\tinit\nUid:\t0\t0\t0\t0\n' };

function stored(at: string, names: readonly string[]): Record<string, string> {
  const wanted = recorded.containers.filter(({ name }) => names.includes(name));
  const ids = wanted.map(({ inspect }) => inspect.Id);
  const specs = wanted.flatMap(({ inspect: { Id }, spec }) =>
    spec === null
      ? []
      : [
          [
            `${at}/overlay-containers/${Id}/userdata/config.json`,
            JSON.stringify(spec).replaceAll(storage, at),
          ],
        ],
  );
  return {
    [`${at}/overlay-containers/containers.json`]: JSON.stringify(
      recorded.storage.filter(({ id }) => ids.includes(id)),
    ),
    ...(Object.fromEntries(specs) as Record<string, string>),
  };
}

async function workloads(has: MemoryHost) {
  return factReader(await memoryHost({ ...has, files: { ...init, ...has.files } }))(workloadsFact);
}

async function one(name: string, more: MemoryHost = {}): Promise<Workload> {
  const found = await workloads({ ...more, files: { ...stored(storage, [name]), ...more.files } });
  const [workload] = found.state === 'known' ? found.value : [];
  if (workload === undefined) throw new Error(`no ${name}: ${JSON.stringify(found)}`);
  return workload;
}

describe('containers of Podman, by the specs that it wrote', () => {
  test.each<[string, object]>([
    [
      'plain',
      {
        source: 'podman',
        engine: storage,
        state: 'stopped',
        image: { reference: 'localhost/bb:1', tag: '1' },
        privileged: false,
        capAdd: [],
        capDrop: ['AUDIT_WRITE', 'MKNOD', 'NET_RAW'],
        confinement: { noNewPrivileges: false, seccomp: 'profile' },
        user: '0',
        mapsRoot: false,
        maskedProc: true,
        readonlyRootfs: false,
        namespaces: { network: 'private', pid: 'private', ipc: 'private', uts: 'private', user: 'default' },
        mounts: [],
        devices: [],
        limits: { memoryBytes: null, cpus: null, pids: 2048 },
        command: ['sleep', '1000'],
      },
    ],
    ['privileged', { privileged: true, maskedProc: false, confinement: { seccomp: 'off' }, devices: [] }],
    ['userpriv', { privileged: true, readonlyRootfs: true, user: '1000' }],
    ['caps', { capAdd: ['NET_ADMIN', 'SYS_ADMIN'], capDrop: ['ALL'] }],
    ['dropped', { capDrop: ['AUDIT_WRITE', 'MKNOD', 'NET_RAW'] }],
    ['user', { user: '1000:1000', groupAdd: ['20'] }],
    ['opts', { confinement: { noNewPrivileges: true, seccomp: 'off' } }],
    // Inspect says nothing of it, nor of the host's IPC below.
    ['unmask', { maskedProc: false }],
    ['readonly', { readonlyRootfs: true, limits: { memoryBytes: 268435456, cpus: 1.5, pids: 50 } }],
    ['unlimited', { limits: { pids: null } }],
    [
      'host',
      {
        namespaces: { network: 'host', pid: 'host', ipc: 'host', uts: 'host', cgroup: 'host' },
        openNetworks: [],
      },
    ],
    [
      'mounts',
      {
        unseen: expect.arrayContaining(['mounts']),
        mounts: [
          { type: 'volume', target: '/data', writable: true },
          { type: 'bind', source: '/etc', target: '/host-etc', writable: false },
          { type: 'bind', source: '/root', target: '/r', writable: true, propagation: 'rshared' },
          { type: 'tmpfs', target: '/scratch' },
        ],
      },
    ],
    ['device', { devices: [{ container: '/dev/xnull', permissions: 'r' }], deviceRules: ['c 13:* rwm'] }],
    ['mapped2', { mapsRoot: true, namespaces: { user: 'private' } }],
    ['restart', { unseen: ['ports', 'networks', 'restart', 'healthcheck', 'labels'] }],
  ])('%s', async (name, expected) => {
    expect(await one(name)).toMatchObject({ name, ...expected });
  });

  test('secrets of its environment are masked where a live host reads the file', () => {
    const spec = recorded.containers.find(({ name }) => name === 'restart')?.spec;
    const masked = parseOciSpec(maskSecrets(JSON.stringify(spec)));
    const { environment } = workloadOfSpec(masked ?? ({} as never), {
      ...{ id: '', name: 'restart', image: 'bb', origin: '', storage, rootless: false, pid: null },
      containers: new Map(),
    });
    expect(Object.keys(environment)).toContain('TOKEN');
    expect(environment.TOKEN).not.toContain('verysecret123');
  });

  test('a device is what the kernel calls its numbers, whatever the container calls it', async () => {
    const recording = { '/sys/dev/char/1:3': { readlink: '../../devices/virtual/mem/null' } };
    expect(await one('device', { recording })).toMatchObject({
      devices: [{ host: '/dev/null', container: '/dev/xnull' }],
    });
    expect(await one('device')).toMatchObject({ devices: [{ host: '/dev/xnull' }] });
  });

  test('one that was never started is a gap with its name', async () => {
    expect(await workloads({ files: stored(storage, ['inpod']) })).toMatchObject({
      value: [],
      gaps: [expect.stringContaining('container inpod')],
    });
  });

  test.each([
    ['no list', '{"a":1}', 'was not understood'],
    ['cut off', '[{"id":', 'was not understood'],
  ])('a containers.json that is %s is a gap', async (_, text, words) => {
    const files = { [`${storage}/overlay-containers/containers.json`]: text };
    expect(await workloads({ files })).toMatchObject({ gaps: [expect.stringContaining(words)] });
  });

  test.each(['', '[]', 'null'])('an empty one, %j, is none', async (text) => {
    const found = await workloads({ files: { [`${storage}/overlay-containers/containers.json`]: text } });
    expect(found).toMatchObject({ value: [] });
    expect(found).not.toHaveProperty('gaps');
  });

  test('a spec that may not be read, that is none, or that CRI-O made is a gap', async () => {
    const files = stored(storage, ['plain', 'user', 'host']);
    const path = (name: string) => `${storage}/overlay-containers/${idOf(name)}/userdata/config.json`;
    const foreign = (files[path('plain')] ?? '').replace('"libpod"', '"cri-o"');
    const found = await workloads({
      files: { ...files, [path('plain')]: foreign, [path('user')]: '{' },
      recording: { [path('host')]: { read: { unknown: 'denied', detail: 'may not be read' } } },
    });
    expect(found).toMatchObject({ value: [] });
    expect(gapsOf(found).toSorted()).toEqual([
      expect.stringContaining('host of Podman or CRI-O was not read: may not be read'),
      expect.stringMatching(/plain .*CRI-O/),
      expect.stringMatching(/user .*no runtime spec/),
    ]);
  });
});

describe('Podman beside the machine', () => {
  const id = idOf('plain');
  const process = (pid: number, name: string, argv: readonly string[], cgroup: string, uid = 0) => ({
    [`/proc/${String(pid)}/cmdline`]: `${argv.join('\0')}\0`,
    [`/proc/${String(pid)}/status`]: `Name:\t${name}\nPPid:\t1\nUid:\t${String(uid)}\t${String(uid)}\t0\t0\n`,
    [`/proc/${String(pid)}/cgroup`]: `0::/machine.slice/${cgroup}\n`,
  });
  const monitor = (at: string, of = id, uid = 0) =>
    process(
      50,
      'conmon',
      ['conmon', '-c', of, '-b', `${at}/overlay-containers/${of}/userdata`],
      `libpod-conmon-${of}.scope`,
      uid,
    );

  test('one that runs has its process, and its monitor is no part of it', async () => {
    const files = {
      ...monitor(storage),
      ...process(51, 'sleep', ['sleep'], `libpod-${id}.scope/container`, 7),
    };
    expect(await one('plain', { files })).toMatchObject({ state: 'running', pid: 51 });
    const found = await workloads({ files: { ...stored(storage, ['plain']), ...files } });
    expect(found).not.toHaveProperty('gaps');
  });

  test('a monitor leads to a storage of another place', async () => {
    const found = await workloads({ files: { ...stored('/srv/pods', ['plain']), ...monitor('/srv/pods') } });
    expect(found).toMatchObject({ value: [{ name: 'plain', engine: '/srv/pods', mapsRoot: false }] });
  });

  test('a monitor whose container is nowhere is a gap', async () => {
    const gone = 'f'.repeat(64);
    expect(await workloads({ files: monitor('/srv/gone', gone) })).toMatchObject({
      gaps: ['containers of Podman run here and are not read'],
    });
  });

  test('a user’s own containers: their root is that user', async () => {
    const hers = '/home/alice/.local/share/containers/storage';
    const found = await workloads({
      files: { ...stored(hers, ['plain']), ...stored(storage, ['plain', 'user']) },
    });
    expect(found).toMatchObject({
      value: [
        { name: 'plain', engine: storage, mapsRoot: false },
        { name: `plain (of ${hers})`, engine: hers, mapsRoot: true },
        { name: 'user' },
      ],
    });
  });

  test('podman itself is not run, and no socket is opened', async () => {
    const host = await memoryHost({ files: { ...init, ...stored(storage, ['plain']), ...monitor(storage) } });
    const asked: string[] = [];
    const watched = {
      ...host,
      run: (argv: readonly [string, ...string[]]) => (asked.push(argv[0]), host.run(argv)),
      get: (socket: string, path: string) => (asked.push(socket), host.get(socket, path)),
    };
    await factReader(watched)(workloadsFact);
    expect(asked.filter((each) => each.includes('podman'))).toEqual([]);
  });
});

describe('Podman’s own service', () => {
  const served = '/run/podman/podman.sock';
  const service = (...words: string[]) => ({
    '/proc/60/cmdline': `${['/usr/bin/podman', ...words].join('\0')}\0`,
    '/proc/60/status': 'Name:\tpodman\nPPid:\t1\nUid:\t0\t0\t0\t0\n',
    '/proc/60/cgroup': '0::/system.slice/podman.service\n',
  });
  const answers = (names: readonly string[], socket = served) => {
    const chosen = recorded.containers.filter(({ name }) => names.includes(name));
    const bodies: readonly [string, unknown][] = [
      ['/containers/json?all=true', chosen.map(({ name, inspect: { Id } }) => ({ Id, Names: [name] }))],
      ['/volumes/json', [{ Name: 'data', Options: { type: 'none', o: 'bind', device: '/srv/data' } }]],
      ...chosen.map(({ inspect }): [string, unknown] => [`/containers/${inspect.Id}/json`, inspect]),
    ];
    return bodies.map(([path, body]) => ({
      socket,
      path: `/v4.0.0/libpod${path}`,
      body: JSON.stringify(body),
    }));
  };
  const asking = (names: readonly string[]) =>
    workloads({
      files: { ...stored(storage, names), ...service('system', 'service') },
      gets: answers(names),
    });

  test.each<[string, object]>([
    [
      'ports',
      {
        unseen: [],
        publishes: expect.arrayContaining([
          expect.objectContaining({ hostAddress: '0.0.0.0', hostPort: 8080, containerPort: 80 }),
          expect.objectContaining({ hostAddress: '127.0.0.1', hostPort: 5432, proto: 'udp' }),
        ]),
      },
    ],
    ['restart', { unseen: [], restart: 'always', healthcheck: 'set', labels: { a: 'b' } }],
    ['nohealth', { healthcheck: 'disabled' }],
    [
      'mounts',
      {
        unseen: [],
        mounts: expect.arrayContaining([
          expect.objectContaining({ type: 'bind', source: '/srv/data', target: '/data' }),
        ]),
      },
    ],
    // The spec has what inspect has not.
    ['unmask', { maskedProc: false, origin: 'podman inspect unmask' }],
    ['host', { namespaces: { network: 'host', ipc: 'host' } }],
    ['device', { deviceRules: ['c 13:* rwm'] }],
    // Never started: there is no spec.
    [
      'borrow',
      {
        namespaces: { network: expect.stringMatching(/^container:/) },
        unseen: [],
        capDrop: ['AUDIT_WRITE', 'MKNOD', 'NET_RAW'],
      },
    ],
    ['inpod', { namespaces: { ipc: expect.stringMatching(/^container:|private/) } }],
  ])('%s', async (name, expected) => {
    const found = await asking([name]);
    expect(found).toMatchObject({ value: [{ name, source: 'podman', ...expected }] });
    expect(found).not.toHaveProperty('gaps');
  });

  test.each(['host', 'unmask', 'device', 'mapped2', 'caps', 'opts', 'readonly', 'privileged', 'user'])(
    '%s comes to the same before it is started, by the command line that made it',
    async (name) => {
      const started = await asking([name]);
      const files = Object.entries(stored(storage, [name])).filter(([path]) => !path.endsWith('config.json'));
      const never = await workloads({
        files: { ...(Object.fromEntries(files) as Record<string, string>), ...service('system', 'service') },
        gets: answers([name]),
      });
      const told = (found: typeof started) => {
        const [one] = found.state === 'known' ? found.value : [];
        return {
          ...{ privileged: one?.privileged, readonlyRootfs: one?.readonlyRootfs, mapsRoot: one?.mapsRoot },
          ...{ maskedProc: one?.maskedProc, deviceRules: one?.deviceRules, limits: one?.limits },
          ...{
            network: one?.namespaces.network,
            pid: one?.namespaces.pid,
            ipc: one?.namespaces.ipc === 'host',
          },
          ...{ capAdd: one?.privileged === true ? [] : one?.capAdd, noNew: one?.confinement.noNewPrivileges },
          user: one?.user === '' ? '0' : one?.user,
        };
      };
      expect(told(never)).toEqual(told(started));
    },
  );

  test('a container without spec and command line: what inspect hides is not known', async () => {
    const [get, volumes, inspect] = answers(['plain']);
    const bare = (inspect?.body ?? '').replace('"CreateCommand"', '"Other"');
    const found = await workloads({
      files: service('system', 'service'),
      gets: [get, volumes, { ...inspect, body: bare }] as never,
    });
    expect(found).toMatchObject({
      value: [{ name: 'plain', namespaces: { ipc: 'default' }, unseen: ['maskedPaths', 'deviceRules'] }],
    });
  });

  test.each([
    ['nothing serves', {}, 0],
    ['podman does another thing', service('run', 'x'), 0],
    ['it serves', service('system', 'service', '--time=0'), 1],
    ['it serves another root', service('--root', '/srv/x', 'system', 'service'), 0],
    ['it serves TCP alone', service('system', 'service', '--time', '0', 'tcp://127.0.0.1:8080'), 0],
    ['it serves SSH’s file descriptor', service('system', 'service', 'fd://3'), 0],
    ['it serves the usual socket by name', service('system', 'service', `unix://${served}`), 1],
  ])('%s: the socket is asked %j', async (_, files, times) => {
    const host = await memoryHost({
      files: { ...init, ...stored(storage, ['plain']), ...files },
      gets: answers(['plain']),
    });
    const asked: string[] = [];
    const watched = {
      ...host,
      get: (socket: string, path: string) => (asked.push(path), host.get(socket, path)),
    };
    const found = await factReader(watched)(workloadsFact);
    expect(found).toMatchObject({ value: [{ name: 'plain' }] });
    expect(asked.length).toBe(times * 3);
  });

  test('a user’s service is asked for that user’s containers alone', async () => {
    const [hers, his] = ['alice', 'bob'].map((user) => `/home/${user}/.local/share/containers/storage`);
    const socket = '/run/user/1000/podman/podman.sock';
    const stat = (uid: number) => ({
      stat: { type: 'directory', mode: 0o700, uid, gid: uid, size: 0, mtime: 0 },
    });
    const found = await workloads({
      files: {
        ...stored(hers ?? '', ['restart']),
        ...stored(his ?? '', ['user']),
        ...stored(storage, ['plain']),
        ...service('system', 'service'),
        '/proc/60/status': 'Name:\tpodman\nPPid:\t1\nUid:\t1000\t1000\t0\t0\n',
      },
      recording: { [hers ?? '']: stat(1000), [his ?? '']: stat(1001) },
      gets: answers(['restart'], socket),
    });
    expect(found).toMatchObject({
      value: [
        { name: 'plain', engine: storage, unseen: expect.arrayContaining(['ports']) },
        { name: 'restart', engine: hers, unseen: [], restart: 'always', mapsRoot: true },
        { name: 'user', engine: his, unseen: expect.arrayContaining(['ports']) },
      ],
    });
  });

  test('a service that does not answer leaves what the storage told', async () => {
    const files = { ...stored(storage, ['plain']), ...service('system', 'service') };
    expect(await workloads({ files })).toMatchObject({
      value: [{ name: 'plain', unseen: expect.arrayContaining(['ports']) }],
    });
  });
});

test.each([
  [[], { capAdd: [], capDrop: ['ALL'] }],
  [['CAP_NET_ADMIN'], { capAdd: ['NET_ADMIN'], capDrop: ['ALL'] }],
  [['CAP_CHOWN', 'CAP_SETUID', 'CAP_SETGID'], { capAdd: ['CHOWN', 'SETUID', 'SETGID'], capDrop: ['ALL'] }],
  [capabilityNames.map((name) => `CAP_${name}`), { capAdd: ['ALL'], capDrop: [] }],
])('bounding set %j', (bounding, expected) => {
  expect(capabilitiesOf(bounding)).toEqual(expected);
});

test('any text in: no throw', () => {
  const anything = fc.oneof(fc.string({ unit: 'binary' }), fc.json());
  fc.assert(
    fc.property(anything, (text) => {
      parseOciSpec(text);
    }),
    { numRuns: 50 },
  );
});
