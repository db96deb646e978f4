import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { inspectOf } from '../../../src/facts/workloads/docker-disk.ts';
import { confinementOf, seccompModeOf } from '../../../src/facts/workloads/confinement.ts';
import { hasCapability } from '../../../src/facts/workloads/capabilities.ts';
import { parseImageReference } from '../../../src/facts/workloads/image-reference.ts';
import { optionsOfArguments } from '../../../src/facts/workloads/engine-options.ts';
import { isAbove, isBelow, isPath } from '../../../src/facts/workloads/path-pattern.ts';
import { boundVolumesOf } from '../../../src/facts/workloads/docker-engine.ts';
import { workload } from '../../harness/docker-workload.ts';

describe('docker inspect as a workload', () => {
  test('a default container', () => {
    expect(workload('web')).toMatchObject({
      name: 'web',
      state: 'running',
      pid: 299,
      privileged: false,
      user: '',
      confinement: { noNewPrivileges: 'default', seccomp: 'default', appArmor: 'default' },
      namespaces: { network: 'bridge', pid: 'private', ipc: 'private', user: 'default', cgroup: 'private' },
      maskedProc: true,
      limits: { memoryBytes: null, cpus: null, pids: null },
      publishes: [],
      healthcheck: null,
      gpu: null,
      command: ['sleep', 'infinity'],
    });
  });

  test.each([
    ['PidsLimit 0', { PidsLimit: 0 }, { pids: null }],
    ['PidsLimit -1', { PidsLimit: -1 }, { pids: null }],
    ['PidsLimit 50', { PidsLimit: 50 }, { pids: 50 }],
    ['NanoCpus', { NanoCpus: 500_000_000 }, { cpus: 0.5 }],
    ['a quota without a period', { CpuQuota: 50_000 }, { cpus: 0.5 }],
    ['a quota with a period', { CpuQuota: 100_000, CpuPeriod: 50_000 }, { cpus: 2 }],
    ['a negative quota', { CpuQuota: -1 }, { cpus: null }],
    ['a set of processors', { CpusetCpus: '0-1,4' }, { cpus: 3 }],
    ['shares alone', { CpuShares: 512 }, { cpus: null }],
    ['memory', { Memory: 1024 }, { memoryBytes: 1024 }],
  ])('limits: %s', (_, host, limits) => {
    expect(workload('x', { host }).limits).toMatchObject(limits);
  });

  test.each([
    [['no-new-privileges'], { noNewPrivileges: true }],
    [['no-new-privileges:true'], { noNewPrivileges: true }],
    [['no-new-privileges:false'], { noNewPrivileges: false }],
    [['no-new-privileges=false'], { noNewPrivileges: false }],
    [['seccomp=unconfined'], { seccomp: 'off' }],
    [['seccomp:unconfined'], { seccomp: 'off' }],
    [['seccomp={"defaultAction":"SCMP_ACT_ALLOW"}'], { seccomp: 'off' }],
    [['seccomp={"defaultAction":"SCMP_ACT_LOG","syscalls":[]}'], { seccomp: 'off' }],
    [['seccomp={"defaultAction":"SCMP_ACT_ERRNO","syscalls":[]}'], { seccomp: 'profile' }],
    [
      [
        'seccomp={"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mount"],"action":"SCMP_ACT_ERRNO"}]}',
      ],
      { seccomp: 'unreadable' },
    ],
    [['seccomp={"defaultAction":'], { seccomp: 'unreadable' }],
    [['apparmor=unconfined'], { appArmor: 'off' }],
    [['apparmor=mine'], { appArmor: 'profile' }],
    [['label=disable'], { noNewPrivileges: 'default', seccomp: 'default', appArmor: 'default' }],
  ])('security options %j', (options, expected) => {
    expect(confinementOf(options)).toMatchObject(expected);
  });

  test('an engine without cgroup namespaces gives the host’s', () => {
    expect(workload('x', { host: { CgroupnsMode: '' } }).namespaces.cgroup).toBe('host');
  });

  test.each(['host', 'none'])('nothing is published from network %s, whatever was asked', (NetworkMode) => {
    const host = { NetworkMode, PortBindings: { '80/tcp': [{ HostIp: '', HostPort: '80' }] } };
    expect(workload('x', { host }).publishes).toEqual([]);
  });

  test.each([
    ['/dev/dri', { count: 'all' }],
    ['/dev/dri/renderD128', { count: 1 }],
    ['/dev/kfd', { count: 1 }],
  ])('the device node %s', (PathOnHost, gpu) => {
    const Devices = [{ PathOnHost, PathInContainer: PathOnHost, CgroupPermissions: 'rwm' }];
    expect(workload('x', { host: { Devices } }).gpu).toMatchObject({ ...gpu, by: 'device-node' });
  });

  test('of several requests the one for every GPU counts', () => {
    const request = { Driver: '', DeviceIDs: ['0'], Count: 0, Capabilities: [['gpu']] };
    const DeviceRequests = [request, { ...request, DeviceIDs: [], Count: -1 }];
    expect(workload('x', { host: { DeviceRequests } }).gpu).toMatchObject({ count: 'all' });
  });

  test('the text of an inline profile does not reach citations', () => {
    const { securityOpt } = workload('x', { host: { SecurityOpt: ['seccomp={"defaultAction":"X"}'] } });
    expect(securityOpt).toEqual(['seccomp={…}']);
  });

  test.each([
    ['unmasked', { MaskedPaths: [], ReadonlyPaths: [] }, false],
    ['only read-write', { ReadonlyPaths: [] }, false],
    ['privileged', { Privileged: true, MaskedPaths: null, ReadonlyPaths: null }, false],
    ['the engine’s default', { MaskedPaths: null, ReadonlyPaths: null }, true],
    ['an engine without the fields', { MaskedPaths: undefined, ReadonlyPaths: undefined }, true],
  ])('proc: %s', (_, host, masked) => {
    expect(workload('x', { host }).maskedProc).toBe(masked);
  });

  test('an empty address is every address; what an internal network does not publish is not active', () => {
    const bindings = { '70/tcp': [{ HostIp: '', HostPort: '7070' }] };
    expect(workload('x', { host: { PortBindings: bindings } }).publishes).toEqual([
      { proto: 'tcp', hostAddress: '0.0.0.0', hostPort: 7070, containerPort: 70, active: false },
      { proto: 'tcp', hostAddress: '::', hostPort: 7070, containerPort: 70, active: false },
    ]);
  });

  test('what is published now comes from the engine, random ports included', () => {
    const { publishes } = workload('x', {
      host: { PortBindings: { '80/tcp': [{ HostIp: '', HostPort: '' }] } },
      network: { Ports: { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '32768' }], '90/tcp': null } },
    });
    expect(publishes).toEqual([
      { proto: 'tcp', hostAddress: '0.0.0.0', hostPort: 32768, containerPort: 80, active: true },
    ]);
  });

  test.each([
    ['local', [['v', '/root']]],
    [null, [['v', '/root']]],
    ['vieux/sshfs', []],
  ])('a volume of driver %s', (Driver, bound) => {
    const volumes = { Volumes: [{ Name: 'v', Driver, Options: { device: '/root' } }] };
    expect([...boundVolumesOf(volumes)]).toEqual(bound);
  });

  test('a volume that binds a directory is that directory', () => {
    const mounts = [
      { Type: 'volume', Name: 'v', Source: '/var/lib/docker/volumes/v/_data', Destination: '/x', RW: true },
    ];
    const boundVolumes = new Map([['v', '/root']]);
    expect(workload('x', { mounts }, { boundVolumes }).mounts).toMatchObject([
      { type: 'bind', source: '/root' },
    ]);
    expect(workload('x', { mounts }).mounts).toMatchObject([{ type: 'volume' }]);
  });

  test.each([
    [
      '--gpus all',
      { DeviceRequests: [{ Driver: '', Count: -1, DeviceIDs: null, Capabilities: [['gpu']] }] },
      [],
      'runc',
      { count: 'all', by: 'device-request' },
    ],
    [
      'two by id',
      { DeviceRequests: [{ Count: 0, DeviceIDs: ['0', '1'], Capabilities: [['gpu', 'compute']] }] },
      [],
      'runc',
      { count: 2 },
    ],
    [
      'CDI',
      { DeviceRequests: [{ Driver: 'cdi', Count: 0, DeviceIDs: ['nvidia.com/gpu=all'] }] },
      [],
      'runc',
      { count: 'all', by: 'cdi' },
    ],
    ['a variable without the runtime', {}, ['NVIDIA_VISIBLE_DEVICES=all'], 'runc', null],
    [
      'a variable and the default runtime',
      { Runtime: 'nvidia' },
      ['NVIDIA_VISIBLE_DEVICES=all'],
      'nvidia',
      { count: 'all', by: 'environment' },
    ],
    [
      'a variable and the runtime',
      { Runtime: 'nvidia' },
      ['NVIDIA_VISIBLE_DEVICES=0,1'],
      'runc',
      { count: 2, by: 'runtime' },
    ],
    ['void', { Runtime: 'nvidia' }, ['NVIDIA_VISIBLE_DEVICES=void'], 'nvidia', null],
    [
      'device nodes',
      { Devices: [{ PathOnHost: '/dev/kfd', PathInContainer: '/dev/kfd', CgroupPermissions: 'rwm' }] },
      [],
      'runc',
      { by: 'device-node' },
    ],
  ])('GPU: %s', (_, host, Env, defaultRuntime, expected) => {
    const { gpu } = workload('x', { host, config: { Env } }, { defaultRuntime });
    if (expected === null) expect(gpu).toBeNull();
    else expect(gpu).toMatchObject(expected);
  });

  test('the two files on disk come to the same as an inspect', () => {
    const config = {
      ID: 'abc',
      Name: '/web',
      Path: 'sleep',
      Args: [],
      State: { Running: true, Pid: 7, StartedAt: '2026-01-01T00:00:00Z' },
      Config: { User: '0:0', Env: ['A=b'], Image: 'bb' },
      NetworkSettings: { Ports: { '80/tcp': [{ HostIp: '', HostPort: '80' }] }, Networks: { bridge: {} } },
      MountPoints: { '/h': { Type: 'bind', Source: '/root', Destination: '/h', RW: true } },
    };
    const { HostConfig } = {
      HostConfig: {
        Privileged: true,
        ReadonlyRootfs: false,
        NetworkMode: 'default',
        PidMode: 'host',
        IpcMode: '',
        UTSMode: '',
        Memory: 0,
        RestartPolicy: { Name: '' },
      },
    };
    expect(inspectOf(JSON.stringify(config), JSON.stringify(HostConfig), 0)).toMatchObject({
      State: { Status: 'exited' },
      HostConfig: { Privileged: true, PidMode: 'host' },
      Mounts: [{ Source: '/root' }],
      NetworkSettings: { Ports: {} },
    });
    expect(inspectOf('{', '{}', 0)).toBeNull();
  });
});

describe('capabilities', () => {
  test.each([
    ['NET_RAW', {}, true],
    ['NET_RAW', { CapDrop: ['ALL'] }, false],
    ['NET_RAW', { CapDrop: ['CAP_NET_RAW'] }, false],
    ['NET_RAW', { CapDrop: ['ALL'], CapAdd: ['net_raw'] }, true],
    ['SYS_ADMIN', {}, false],
    ['SYS_ADMIN', { CapAdd: ['CAP_SYS_ADMIN'] }, true],
    ['SYS_ADMIN', { CapAdd: ['ALL'] }, true],
    ['SYS_ADMIN', { CapAdd: ['ALL'], CapDrop: ['SYS_ADMIN'] }, false],
    ['SYS_ADMIN', { Privileged: true }, true],
  ])('%s with %j: %s', (capability, host, held) => {
    expect(hasCapability(workload('x', { host }), capability)).toBe(held);
  });
});

describe('image references', () => {
  test.each([
    ['ollama/ollama', 'ollama/ollama', null, null],
    ['ollama/ollama:latest', 'ollama/ollama', 'latest', null],
    ['localhost:5000/x', 'localhost:5000/x', null, null],
    ['localhost:5000/x:1', 'localhost:5000/x', '1', null],
    ['x:1@sha256:ab', 'x', '1', 'sha256:ab'],
    [`sha256:${'a'.repeat(64)}`, '', null, `sha256:${'a'.repeat(64)}`],
  ])('%s', (reference, repository, tag, digest) => {
    expect(parseImageReference(reference)).toEqual({ reference, repository, tag, digest, built: false });
  });
});

describe('dockerd’s command line', () => {
  test.each([
    [['-Htcp://0.0.0.0:2375'], ['tcp://0.0.0.0:2375']],
    [['-DH', 'tcp://0.0.0.0:2375'], ['tcp://0.0.0.0:2375']],
    [['-H=fd://'], ['fd://']],
    [['--a-switch-of-tomorrow', '-H', 'tcp://0.0.0.0:2375'], ['tcp://0.0.0.0:2375']],
  ])('%j', (flags, value) => {
    expect(optionsOfArguments(['dockerd', ...flags], 'x').hosts).toMatchObject({ value });
  });

  test('flags, lists and values', () => {
    const argv = [
      'dockerd',
      '-H',
      'fd://',
      '--host=tcp://0.0.0.0:2375',
      '--iptables=false',
      '--icc',
      '--log-level',
      'debug',
      '--dns',
      '1.1.1.1',
    ];
    const options = optionsOfArguments(argv, 'dockerd');
    const values = Object.fromEntries(Object.entries(options).map(([name, { value }]) => [name, value]));
    expect(values).toEqual({
      hosts: ['fd://', 'tcp://0.0.0.0:2375'],
      iptables: false,
      icc: true,
      'log-level': 'debug',
      dns: ['1.1.1.1'],
    });
  });
});

describe('path patterns', () => {
  test.each([
    ['/', true],
    ['/run', true],
    ['/run/user', true],
    ['/run/user/1000', true],
    ['/run/user/1000/docker.sock', true],
    ['/run/user/1000/docker.sock/x', false],
    ['/ru', false],
    ['/var', false],
  ])('%s is above /run/user/*/docker.sock: %s', (path, above) => {
    expect(isAbove(path, '/run/user/*/docker.sock')).toBe(above);
  });
  test('below and equal', () => {
    expect(isBelow('/dev/sda1', '/dev/sd*')).toBe(true);
    expect(isBelow('/dev/dri/card0', '/dev/dri')).toBe(true);
    expect(isBelow('/dev', '/dev/dri')).toBe(false);
    expect(isPath('/dev/nvidia0', '/dev/nvidia*')).toBe(true);
    expect(isPath('/dev/x', '/dev/nvidia*')).toBe(false);
  });
});

describe('any text in: no throw', () => {
  test.each([
    ['security options', (text: string) => confinementOf([text])],
    ['a seccomp profile', seccompModeOf],
    ['an image reference', parseImageReference],
    ['arguments', (text: string) => optionsOfArguments(['dockerd', text, text], 'x')],
    ['files on disk', (text: string) => inspectOf(text, text, 0)],
  ])('%s', (_, parse) => {
    const anything = fc.oneof(fc.string({ unit: 'binary' }), fc.json());
    fc.assert(
      fc.property(anything, (text) => {
        parse(text);
      }),
    );
  });
});
