import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { factReader } from '../../../src/engine/fact.ts';
import { quadletLines } from '../../../src/facts/quadlets/quadlet-file.ts';
import { workloadOfQuadlet } from '../../../src/facts/quadlets/quadlet-workload.ts';
import { quadletsFact } from '../../../src/facts/quadlets/quadlets.ts';
import { workloadsFact } from '../../../src/facts/workloads/workloads.ts';
import { memoryHost } from '../../harness/memory-host.ts';

const root = '/etc/containers/systemd';

async function quadlets(
  files: Readonly<Record<string, string>>,
  recording: Readonly<Record<string, unknown>> = {},
) {
  return factReader(await memoryHost({ files, recording }))(quadletsFact);
}

async function one(lines: string, more: Readonly<Record<string, string>> = {}) {
  const found = await quadlets({
    [`${root}/web.container`]: `[Container]\nImage=img:1\n${lines}\n`,
    ...more,
  });
  const [workload] = found.state === 'known' ? found.value : [];
  if (workload === undefined) throw new Error(JSON.stringify(found));
  return workload;
}

describe('a quadlet as a workload', () => {
  test.each<[string, object]>([
    [
      '',
      {
        source: 'podman',
        name: 'systemd-web',
        state: 'declared',
        origin: `${root}/web.container`,
        image: { reference: 'img:1' },
        user: '',
        privileged: false,
        limits: { pids: 2048 },
        restart: 'no',
        autoRemove: true,
      },
    ],
    ['ContainerName=own', { name: 'own' }],
    [
      'PublishPort=8080:80\nPublishPort=127.0.0.1:90:90/udp',
      {
        publishes: expect.arrayContaining([
          expect.objectContaining({
            hostAddress: '0.0.0.0',
            hostPort: 8080,
            containerPort: 80,
            proto: 'tcp',
          }),
          expect.objectContaining({ hostAddress: '127.0.0.1', hostPort: 90, proto: 'udp' }),
        ]),
      },
    ],
    ['PublishPort=8080:80\nPublishPort=', { publishes: [] }],
    ['User=1000\nGroup=2000', { user: '1000:2000' }],
    ['Group=2000', { user: '0:2000' }],
    ['AddCapability=NET_ADMIN CAP_SYS_TIME\nAddCapability=BPF', { capAdd: ['NET_ADMIN', 'SYS_TIME', 'BPF'] }],
    ['DropCapability=all', { capDrop: ['ALL'] }],
    ['NoNewPrivileges=true', { confinement: { noNewPrivileges: true } }],
    ['NoNewPrivileges=true\nNoNewPrivileges=no', { confinement: { noNewPrivileges: 'default' } }],
    ['SeccompProfile=unconfined', { confinement: { seccomp: 'off' } }],
    ['AppArmor=unconfined', { confinement: { appArmor: 'off' } }],
    ['Unmask=ALL', { maskedProc: false }],
    ['ReadOnly=yes', { readonlyRootfs: true }],
    ['PodmanArgs=--privileged --pid host', { privileged: true, namespaces: { pid: 'host' } }],
    ['Network=host', { namespaces: { network: 'host' } }],
    ['Network=lan.network', { networks: ['systemd-lan'] }],
    ['Network=db.container', { namespaces: { network: 'container:systemd-db' } }],
    ['Volume=/srv/a:/a:ro', { mounts: [{ type: 'bind', source: '/srv/a', target: '/a', writable: false }] }],
    ['Volume=data.volume:/d', { mounts: [{ type: 'volume', target: '/d' }] }],
    ['AddDevice=-/dev/kvm:/dev/kvm:rw', { devices: [{ host: '/dev/kvm', permissions: 'rw' }] }],
    ['AddDevice=nvidia.com/gpu=all', { devices: [{ host: 'nvidia.com/gpu=all' }] }],
    ['Environment=A=1 "B=two words"', { environment: { A: '1', B: 'two words' } }],
    ['HealthCmd=curl -f localhost', { healthcheck: 'set' }],
    ['Memory=1g\nPidsLimit=-1', { limits: { memoryBytes: 1073741824, pids: null } }],
    ['Exec=serve --port 80', { command: ['serve', '--port', '80'] }],
    ['UserNS=auto', { mapsRoot: true }],
    ['[Service]\nRestart=always', { restart: 'always' }],
    ['Pod=web.pod', { namespaces: { network: 'container:web.pod' } }],
  ])('%s', async (lines, expected) => {
    expect(await one(lines)).toMatchObject(expected);
  });

  test('in a pod, the network and what is published are the pod’s', async () => {
    const pod = { [`${root}/web.pod`]: '[Pod]\nNetwork=host\n' };
    expect(await one('Pod=web.pod\nNetwork=none', pod)).toMatchObject({ namespaces: { network: 'host' } });
    const open = { [`${root}/web.pod`]: '[Pod]\nPublishPort=80:80\n' };
    expect(await one('Pod=web.pod', open)).toMatchObject({ publishes: [{ hostPort: 80 }, { hostPort: 80 }] });
  });

  test('a volume that binds a directory is that directory', async () => {
    const volume = { [`${root}/data.volume`]: '[Volume]\nDevice=/etc\nType=none\nOptions=bind\n' };
    const bind = { type: 'bind', source: '/etc', target: '/d' };
    expect(await one('Volume=data.volume:/d', volume)).toMatchObject({ mounts: [bind] });
  });

  test('variables of a file, under its own; one that is not there leaves them open', async () => {
    const file = { '/etc/web.env': '# x\nA=1\nB=two words\n' };
    const { environment, places, unsettled } = await one(
      'EnvironmentFile=/etc/web.env\nEnvironment=A=3',
      file,
    );
    expect(environment).toEqual({ A: '3', B: 'two words' });
    expect(places.get('environment B')).toEqual({ file: '/etc/web.env', line: 3, column: 1 });
    expect(unsettled.size).toBe(0);
    const open = await one('EnvironmentFile=/etc/web.env');
    expect([...open.unsettled.keys()]).toEqual(['environment']);
  });

  test('an image of another quadlet', async () => {
    const image = { [`${root}/web.image`]: '[Image]\nImage=ollama/ollama:0.5\n' };
    expect(await one('Image=web.image', image)).toMatchObject({
      image: { repository: 'ollama/ollama', tag: '0.5' },
    });
  });

  test('drop-ins come after the file, by their names, the first of each name', async () => {
    const found = await one('User=1\nReadOnly=true', {
      [`${root}/web.container.d/10.conf`]: '[Container]\nUser=2\n',
      [`${root}/web.container.d/20.conf`]: '[Container]\nUser=3\n',
      [`${root}/container.d/20.conf`]: '[Container]\nUser=4\n',
    });
    expect(found).toMatchObject({ user: '3', readonlyRootfs: true });
    expect(found.places.get('user')).toEqual({ file: `${root}/web.container.d/20.conf`, line: 2, column: 1 });
  });

  test('where each setting is written', async () => {
    const { places } = await one('PublishPort=8080:80\nAddCapability=BPF\nEnvironment=A=1\nVolume=/a:/b:ro');
    expect(Object.fromEntries([...places].map(([key, { line }]) => [key, line]))).toMatchObject({
      ...{ workload: 2, image: 2, 'ports 80/tcp': 3, 'capAdd BPF': 4, 'environment A': 5, 'mounts /b': 6 },
    });
  });
});

describe('quadlets of a machine', () => {
  const web = '[Container]\nImage=img\n';
  test('root’s, users’ own, and those that root keeps for users', async () => {
    const found = await quadlets({
      [`${root}/a.container`]: web,
      [`${root}/sub/b.container`]: web,
      [`${root}/users/1000/c.container`]: web,
      '/home/alice/.config/containers/systemd/d.container': web,
    });
    expect(found).toMatchObject({
      value: [
        { name: 'systemd-a', mapsRoot: false },
        { name: 'systemd-b', mapsRoot: false },
        { name: 'systemd-c', mapsRoot: true },
        { name: 'systemd-d', mapsRoot: true },
      ],
    });
    expect(found).not.toHaveProperty('gaps');
  });

  test('specifiers and relative paths are those of whose systemd reads it', async () => {
    const lines = `${web}Volume=%t/podman/podman.sock:/a\nVolume=%h/.ssh:/b\nVolume=./c:/c\nVolume=/%H:/d\n`;
    const user = '/home/alice/.config/containers/systemd';
    const found = await quadlets({ [`${root}/a.container`]: lines, [`${user}/b.container`]: lines });
    const mounts = found.state === 'known' ? found.value.map((each) => each.mounts) : [];
    expect(mounts.map((each) => each.map(({ source, real }) => (real === null ? null : source)))).toEqual([
      ['/run/podman/podman.sock', '/root/.ssh', `${root}/c`, null],
      ['/run/user/*/podman/podman.sock', '/home/alice/.ssh', `${user}/c`, null],
    ]);
  });

  test('a file hides those of its name in later directories, an empty one too', async () => {
    const vendor = '/usr/share/containers/systemd';
    const files = {
      [`${root}/a.container`]: '',
      [`${vendor}/a.container`]: web,
      [`${vendor}/b.container`]: web,
    };
    expect(await quadlets(files)).toMatchObject({ value: [{ name: 'systemd-b' }] });
  });

  test('a .kube, and what may not be read, are gaps', async () => {
    const path = `${root}/a.container`;
    const denied = { [path]: { read: { unknown: 'denied', detail: 'no' } } };
    expect(await quadlets({ [path]: '', [`${root}/k.kube`]: '' }, denied)).toMatchObject({
      value: [],
      gaps: [expect.stringContaining('a.container'), expect.stringContaining('k.kube')],
    });
  });

  test('in a home that was entered, a directory that may not be read is a gap', async () => {
    const path = '/home/alice/.config/containers/systemd';
    const storage = '/home/alice/.local/share/containers/storage';
    const denied = { list: { unknown: 'denied', detail: 'no' } };
    const home = { '/home': { list: ['alice'] }, [path]: denied };
    expect(await quadlets({}, home)).toMatchObject({ gaps: [expect.stringContaining(path)] });
    expect(await quadlets({}, { ...home, [storage]: denied })).not.toHaveProperty('gaps');
  });

  test('they are among the workloads', async () => {
    const init = { '/proc/1/cmdline': 'init\0', '/proc/1/status': 'Name:\tinit\nUid:\t0\t0\t0\t0\n' };
    const host = await memoryHost({ files: { ...init, [`${root}/a.container`]: web } });
    const found = await factReader(host)(workloadsFact);
    expect(found).toMatchObject({ value: [{ name: 'systemd-a', state: 'declared' }] });
    expect(found).not.toHaveProperty('gaps');
  });
});

test('any text in: no throw', () => {
  const key = fc.constantFrom(
    'Image',
    'Volume',
    'Network',
    'Environment',
    'PublishPort',
    'User',
    'Pod',
    'Mount',
  );
  const line = fc.tuple(key, fc.string()).map(([name, value]) => `${name}=${value}`);
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(line).map((all) => `[Container]\nImage=a\n${all.join('\n')}`),
  );
  fc.assert(
    fc.property(text, (content) => {
      const lines = quadletLines('/a.container', content);
      workloadOfQuadlet({ path: '/a.container', name: 'a.container', rootless: null, lines }, new Map());
    }),
  );
});
