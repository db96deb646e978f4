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
