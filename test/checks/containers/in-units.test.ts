import { describe, expect, test } from '@jest/globals';
import type { Verdict } from '../../../src/engine/check.ts';
import { judged, workloadsIn } from '../../harness/repository.ts';
import { temporaryDirectory } from '../../harness/temporary-directory.ts';

/** What the rules over every container say of one that a repository's quadlet or unit describes. */

const root = temporaryDirectory();

async function outcomes(id: string, files: Readonly<Record<string, string>>) {
  const { workloads } = await workloadsIn(root, files);
  return judged(id, workloads).map(({ outcome }) => outcome);
}

const container = (lines: string) => ({ 'deploy/web.container': `[Container]\nImage=img:1\n${lines}\n` });
const unit = (flags: string, lines = '') => ({
  'deploy/ollama.service': `[Service]\n${lines}\nExecStart=/usr/bin/docker run ${flags} ollama/ollama:1\n`,
});

describe('mounts', () => {
  test.each<[string, Verdict['outcome'], string]>([
    ['engine-socket-mounted', 'fail', 'Volume=/run/docker.sock:/s'],
    ['engine-socket-mounted', 'fail', 'Volume=/var/run/docker.sock:/s'],
    ['engine-socket-mounted', 'fail', 'Volume=%t/podman/podman.sock:/s:rw'],
    ['engine-socket-mounted', 'fail', 'Volume=/run/user/%U/podman/podman.sock:/s'],
    ['engine-socket-mounted', 'fail', 'Mount=type=bind,source=%t/podman/podman.sock,target=/s'],
    ['engine-socket-mounted', 'fail', 'Volume=../../../../run/podman/podman.sock:/s'],
    ['engine-socket-mounted', 'pass', 'Volume=%t/web:/s'],
    ['engine-socket-mounted', 'pass', 'Volume=./data:/s'],
    ['engine-socket-mounted', 'pass', 'Volume=data:/s'],
    ['engine-socket-mounted', 'pass', 'Volume=%p-data:/s'],
    ['engine-socket-mounted', 'undetermined', 'Volume=%i/podman.sock:/s\nPodmanArgs=--rm'],
    ['engine-socket-mounted', 'undetermined', 'Volume=/%H:/s'],
    ['sensitive-mount', 'fail', 'Volume=%h/.ssh:/s'],
    ['sensitive-mount', 'fail', 'Volume=%h:/s'],
    ['sensitive-mount', 'undetermined', 'Mount=type=glob,src=/et*,dst=/s'],
    ['sensitive-mount', 'undetermined', 'PodmanArgs=--pod other'],
    ['sensitive-mount', 'fail', 'Volume=%E:/s'],
    ['sensitive-mount', 'undetermined', 'Volume=~/.ssh:/s'],
    ['sensitive-mount', 'undetermined', 'Volume=${HOME}/.ssh:/s'],
  ])('%s: %s: %s', async (id, outcome, lines) => {
    const files = lines.includes('%i')
      ? { 'web@.container': `[Container]\nImage=img:1\n${lines}\n` }
      : container(lines);
    expect(await outcomes(id, files)).toEqual([outcome]);
  });

  test.each<[string, Verdict['outcome'], string, string]>([
    ['engine-socket-mounted', 'fail', '-v /var/run/docker.sock:/s', ''],
    ['engine-socket-mounted', 'fail', '-v %t/docker.sock:/s', ''],
    ['engine-socket-mounted', 'fail', '-v ./docker.sock:/s', 'WorkingDirectory=/run'],
    ['engine-socket-mounted', 'pass', '-v data:/s', ''],
    ['engine-socket-mounted', 'undetermined', '-v ${XDG_RUNTIME_DIR}/docker.sock:/s', ''],
    ['engine-socket-mounted', 'undetermined', '-v ./docker.sock:/s', 'WorkingDirectory=~'],
    ['engine-socket-mounted', 'fail', '--use-api-socket', ''],
    ['engine-socket-mounted', 'undetermined', '--volumes-from other', ''],
    ['sensitive-mount', 'fail', '-v %h/.ssh:/s', ''],
    ['sensitive-mount', 'undetermined', '-v ${HOME}/.ssh:/s', ''],
    [
      'sensitive-mount',
      'undetermined',
      '--mount type=volume,dst=/s,volume-opt=device=$X,volume-opt=o=bind',
      '',
    ],
  ])('a unit: %s: %s: %s', async (id, outcome, flags, lines) => {
    expect(await outcomes(id, unit(flags, lines))).toEqual([outcome]);
  });

  test('are shown as they are written, with where they lead', async () => {
    const { workloads } = await workloadsIn(root, container('Volume=%t/podman/podman.sock:/s:rw'));
    expect(judged('engine-socket-mounted', workloads)).toMatchObject([
      {
        subject: 'systemd-web %t/podman/podman.sock',
        evidence: [
          { source: '/deploy/web.container', line: 3, excerpt: expect.stringContaining('%t/podman') },
        ],
      },
    ]);
  });
});

describe('what a container gets of its pod', () => {
  test.each<[string, Verdict['outcome'], string]>([
    ['engine-socket-mounted', 'fail', 'Volume=/run/docker.sock:/s'],
    ['engine-socket-mounted', 'fail', 'Volume=%t/podman/podman.sock:/s'],
    ['engine-socket-mounted', 'fail', 'PodmanArgs=-v /run/docker.sock:/s'],
    ['sensitive-mount', 'fail', 'PodmanArgs=--volume=/etc:/s'],
    ['host-pid', 'fail', 'PodmanArgs=--pid=host'],
    ['host-pid', 'pass', 'PodmanArgs=--infra-name x'],
    ['host-network', 'fail', 'Network=host'],
    ['host-network', 'fail', 'PodmanArgs=--network host'],
    ['host-device-raw', 'fail', 'PodmanArgs=--device=/dev/sda'],
    ['host-device-raw', 'fail', 'PodmanArgs=--infra-image x "--device" /dev/sda:/dev/x'],
    ['host-device-raw', 'undetermined', 'PodmanArgs=--volumes-from x'],
    ['engine-socket-mounted', 'undetermined', 'PodmanArgs=--unheard-of x'],
    ['engine-socket-mounted', 'undetermined', 'ContainersConfModule=/x.conf'],
    ['engine-socket-mounted', 'undetermined', 'Volume=gone.volume:/s'],
    ['engine-socket-mounted', 'pass', 'PodName=x'],
  ])('%s: %s: %s', async (id, outcome, lines) => {
    const files = { ...container('Pod=web.pod'), 'deploy/web.pod': `[Pod]\n${lines}\n` };
    expect(await outcomes(id, files)).toEqual([outcome]);
  });

  test('a pod that is not there may give it anything', async () => {
    expect(await outcomes('engine-socket-mounted', container('Pod=gone.pod'))).toEqual(['undetermined']);
  });

  test('is shown in the pod’s file', async () => {
    const { workloads } = await workloadsIn(root, {
      ...container('Pod=web.pod'),
      'deploy/web.pod': '[Pod]\nPodmanArgs=--pid=host\nVolume=/run/docker.sock:/s\n',
    });
    const at = (id: string) =>
      judged(id, workloads).flatMap((each) => ('evidence' in each ? each.evidence : []));
    expect(at('host-pid')).toMatchObject([{ source: '/deploy/web.pod', line: 2 }]);
    expect(at('engine-socket-mounted')).toMatchObject([{ source: '/deploy/web.pod', line: 3 }]);
  });
});

describe('a volume that a quadlet makes', () => {
  test.each<[Verdict['outcome'], string]>([
    ['fail', 'Device=/etc\nType=none\nOptions=bind'],
    ['fail', 'PodmanArgs=--opt device=/etc --opt o=bind --opt type=none'],
    ['fail', 'PodmanArgs=-d local -o device=/etc\nPodmanArgs=-o=o=bind'],
    ['fail', 'Device=%h/.ssh\nOptions=bind'],
    ['undetermined', 'Device=/%i\nOptions=bind\nType=none\nPodmanArgs=--opt device=/%H'],
    ['undetermined', 'Type=overlay\nDevice=overlay\nOptions=lowerdir=/etc'],
    ['undetermined', 'Driver=other'],
    ['pass', 'Type=tmpfs\nDevice=tmpfs'],
    ['pass', 'Type=nfs\nDevice=host:/export'],
    ['pass', ''],
  ])('%s: %s', async (outcome, lines) => {
    const volume = { 'deploy/data.volume': `[Volume]\n${lines}\n` };
    for (const use of ['Volume=data.volume:/d', 'Mount=type=volume,dst=/data.volume,source=data.volume'])
      expect(await outcomes('sensitive-mount', { ...container(use), ...volume })).toEqual([outcome]);
  });
});

describe('variables of files', () => {
  const secret = 'API_KEY=abcdef1234567\n';
  test.each<[Verdict['outcome'], string, Readonly<Record<string, string>>]>([
    ['fail', 'EnvironmentFile=./x.env', { 'deploy/x.env': secret }],
    ['fail', 'EnvironmentFile=../x.env', { 'x.env': secret }],
    ['pass', 'EnvironmentFile=x.env', { 'deploy/x.env': 'A=1\n' }],
    ['undetermined', 'EnvironmentFile=./x.env', {}],
    ['undetermined', 'EnvironmentFile=../../x.env', { 'x.env': 'A=1\n' }],
    ['undetermined', 'EnvironmentFile=/etc/web.env', { 'etc/web.env': 'A=1\n' }],
    ['undetermined', 'EnvironmentFile=%h/x.env', {}],
    ['undetermined', 'PodmanArgs=--env-file=x.env', { 'deploy/x.env': 'A=1\n' }],
  ])('%s: %s %p', async (outcome, lines, files) => {
    const { workloads } = await workloadsIn(root, { ...container(lines), ...files });
    const verdicts = judged('secret-in-environment', workloads);
    expect(verdicts).toMatchObject([{ outcome }]);
    expect(JSON.stringify(verdicts)).not.toContain('abcdef1234567');
  });

  test('a unit’s --env-file', async () => {
    expect(await outcomes('secret-in-environment', unit('--env-file /etc/x.env'))).toEqual(['undetermined']);
  });
});

test('a unit of no service that is known runs a container all the same', async () => {
  const { workloads } = await workloadsIn(root, {
    'web.service':
      '[Service]\nExecStart=/usr/bin/docker run --privileged -v /var/run/docker.sock:/s nginx:1.27\n',
    'other.service': '[Service]\nExecStart=/usr/bin/other\n',
  });
  for (const id of ['privileged-container', 'engine-socket-mounted'])
    expect(judged(id, workloads)).toMatchObject([
      { outcome: 'fail', evidence: [{ source: '/web.service', line: 2 }] },
    ]);
});
