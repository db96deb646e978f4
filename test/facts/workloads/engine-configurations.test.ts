import { describe, expect, test } from '@jest/globals';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { factReader } from '../../../src/engine/fact.ts';
import { engineConfigurationsFact } from '../../../src/facts/workloads/engine-configurations.ts';
import { engineSetting } from '../../../src/facts/workloads/engine-setting.ts';
import { groupsFact } from '../../../src/facts/workloads/groups.ts';
import { directoryHost } from '../../../src/host/directory.ts';
import { memoryHost } from '../../harness/memory-host.ts';
import { temporaryDirectory } from '../../harness/temporary-directory.ts';

const socket = '/run/docker.sock';
const info = {
  ServerVersion: '28.5.1',
  SecurityOptions: ['name=seccomp,profile=builtin'],
  DefaultRuntime: 'runc',
  Runtimes: {},
  DockerRootDir: '/var/lib/docker',
};

async function ofMachine(answer: object, daemonJson?: string) {
  const host = await memoryHost({
    files: {
      '/proc/1/cmdline': 'init\0',
      '/proc/1/status': 'Name:\tinit\nPPid:\t0\nUid:\t0\t0\t0\t0\n',
      '/proc/42/cmdline': '/usr/bin/dockerd\0',
      '/proc/42/status': 'Name:\tdockerd\nPPid:\t1\nUid:\t0\t0\t0\t0\n',
      '/proc/42/cgroup': '0::/system.slice/docker.service\n',
      ...(daemonJson === undefined ? {} : { '/etc/docker/daemon.json': daemonJson }),
    },
    recording: {
      [socket]: { stat: { type: 'socket', mode: 0o660, uid: 0, gid: 103, size: 0, mtime: 0 } },
    },
    gets: [{ socket, path: '/info', body: JSON.stringify({ ...info, ...answer }) }],
  });
  const evidence = await factReader(host)(engineConfigurationsFact);
  if (evidence.state === 'unknown') throw new Error(evidence.detail);
  return evidence.value;
}

describe('what an engine tells of itself', () => {
  test.each([
    ['log-driver', { LoggingDriver: 'journald' }, 'journald'],
    ['live-restore', { LiveRestoreEnabled: true }, true],
    ['experimental', { ExperimentalBuild: true }, true],
    ['userns-remap', { SecurityOptions: ['name=userns'] }, 'on'],
    ['userns-remap', {}, ''],
    [
      'insecure-registries',
      {
        RegistryConfig: {
          InsecureRegistryCIDRs: ['127.0.0.0/8'],
          IndexConfigs: {
            'docker.io': { Secure: true },
            'b.lan': { Secure: false },
            'a.lan': { Secure: false },
          },
        },
      },
      ['127.0.0.0/8', 'a.lan', 'b.lan'],
    ],
  ])('%s', async (name, answer, value) => {
    const [engine] = await ofMachine(answer);
    expect(engine === undefined ? null : engineSetting(engine, name)).toMatchObject({ state: 'set', value });
  });

  test('counts more than daemon.json, which may have been changed since', async () => {
    const [engine] = await ofMachine({ LiveRestoreEnabled: false }, '{"live-restore": true}');
    expect(engine?.options['live-restore']?.value).toBe(true);
    expect(engine?.engine?.told['live-restore']).toBe(false);
  });

  test('leaves open what a broken daemon.json may say', async () => {
    const [engine] = await ofMachine({}, '{"icc": fal');
    expect(engine === undefined ? null : engineSetting(engine, 'icc')).toMatchObject({ state: 'unknown' });
  });

  test('none without an engine', async () => {
    const evidence = await factReader(await memoryHost({}))(engineConfigurationsFact);
    expect(evidence).toMatchObject({ state: 'known', value: [] });
  });
});

describe('daemon.json in a project', () => {
  const directory = temporaryDirectory();
  let count = 0;
  async function inProject(files: Readonly<Record<string, string>>) {
    const root = join(directory, String(count++));
    await mkdir(root);
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
    return factReader(directoryHost('project', root, new Date()))(engineConfigurationsFact);
  }

  test.each([
    ['by its folder', { 'etc/docker/daemon.json': '{"debug": true}' }, ['/etc/docker/daemon.json']],
    [
      'by its keys',
      { 'services/daytona/daemon.json': '{"insecure-registries": ["r:6000"]}' },
      ['/services/daytona/daemon.json'],
    ],
    ['not another program’s', { 'daemon.json': '{"interval": 5}', 'x/daemon.json': 'text' }, []],
  ] as [string, Record<string, string>, string[]][])('%s', async (_, files, subjects) => {
    const evidence = await inProject(files);
    expect(evidence).toMatchObject({
      state: 'known',
      value: subjects.map((subject) => ({ subject, engine: null })),
    });
    expect(evidence).not.toHaveProperty('gaps');
  });

  test('says so when it is no JSON', async () => {
    const evidence = await inProject({ 'docker/daemon.json': '{"icc": ' });
    expect(evidence).toMatchObject({ value: [], gaps: [expect.stringContaining('not a JSON object')] });
  });
});

test('groups by number, the first of two', async () => {
  const group = 'root:x:0:\ndocker:x:103:alice\nother:x:103:\nbroken\n:x:5:\nbad:x:-1:';
  const evidence = await factReader(await memoryHost({ files: { '/etc/group': group } }))(groupsFact);
  expect(evidence.state === 'known' ? evidence.value.get(103) : null).toBe('docker');
  expect(evidence.state === 'known' ? evidence.value.has(-1) : null).toBe(false);
});

test('a rootless engine reads the daemon.json of its own account', async () => {
  const socket1000 = '/run/user/1000/docker.sock';
  const host = await memoryHost({
    files: {
      '/proc/1/cmdline': '/sbin/init\0',
      '/proc/1/status': 'Name:\tsystemd\nUid:\t0\t0\t0\t0\n',
      '/proc/42/cmdline': 'dockerd\0',
      '/proc/42/status': 'Name:\tdockerd\nUid:\t1000\t1000\t1000\t1000\n',
      '/etc/passwd': 'models:x:1000:1000::/home/models:/bin/bash\n',
      '/etc/docker/daemon.json': '{"icc": true}',
      '/home/models/.config/docker/daemon.json': '{"icc": false}',
    },
    gets: [
      {
        socket: socket1000,
        path: '/info',
        body: JSON.stringify({ ...info, SecurityOptions: ['name=rootless'] }),
      },
    ],
  });
  const evidence = await factReader(host)(engineConfigurationsFact);
  expect(evidence).toMatchObject({
    value: [
      {
        file: '/home/models/.config/docker/daemon.json',
        options: { icc: { value: false } },
        engine: { rootless: true, account: 'models' },
      },
    ],
  });
});
