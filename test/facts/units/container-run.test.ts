import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { parseContainerRun } from '../../../src/facts/units/container-run.ts';
import { words } from '../../../src/facts/units/words.ts';

function run(line: string) {
  return parseContainerRun(words(line) ?? [], 'x.service');
}

describe('docker run arguments', () => {
  test.each([
    ['--privileged', { privileged: true }],
    ['--privileged=false', { privileged: false }],
    [
      '--cap-add SYS_ADMIN --cap-add=cap_net_admin --cap-drop ALL',
      { capAdd: ['SYS_ADMIN', 'NET_ADMIN'], capDrop: ['ALL'] },
    ],
    [
      '--security-opt no-new-privileges --security-opt seccomp=unconfined',
      { confinement: { noNewPrivileges: true, seccomp: 'off', appArmor: 'default' } },
    ],
    ['--security-opt systempaths=unconfined', { maskedProc: false, securityOpt: [] }],
    ['-u 1000:1000', { user: '1000:1000' }],
    ['--user=node --group-add video', { user: 'node', groupAdd: ['video'] }],
    ['--read-only', { readonlyRootfs: true }],
    ['--rm', { networks: ['bridge'], namespaces: { network: 'bridge' } }],
    ['--net host', { namespaces: { network: 'host' }, networks: ['host'] }],
    ['--network container:vpn', { namespaces: { network: 'container:vpn' } }],
    ['--network name=ai,ip=10.0.0.2', { networks: ['ai'] }],
    [
      '--pid host --ipc=host --uts host --userns host --cgroupns=host',
      {
        namespaces: {
          network: 'bridge',
          pid: 'host',
          ipc: 'host',
          uts: 'host',
          user: 'host',
          cgroup: 'host',
        },
      },
    ],
    [
      '-v /srv/models:/models:ro,rshared',
      {
        mounts: [
          { type: 'bind', source: '/srv/models', target: '/models', writable: false, propagation: 'rshared' },
        ],
      },
    ],
    ['-v models:/models', { mounts: [{ type: 'volume', writable: true }] }],
    ['-v /data', { mounts: [{ type: 'volume', target: '/data' }] }],
    [
      '--mount type=bind,src=/var/run/docker.sock,dst=/var/run/docker.sock,readonly',
      { mounts: [{ type: 'bind', source: '/var/run/docker.sock', writable: false }] },
    ],
    [
      '--mount type=volume,source=v,target=/h,volume-driver=local,volume-opt=type=none,volume-opt=o=bind,volume-opt=device=/etc',
      { mounts: [{ type: 'bind', source: '/etc', target: '/h' }] },
    ],
    [
      '--device /dev/kfd --device=/dev/sda:/dev/xda:r',
      {
        devices: [
          { host: '/dev/kfd', container: '/dev/kfd', permissions: 'rwm' },
          { host: '/dev/sda', container: '/dev/xda', permissions: 'r' },
        ],
      },
    ],
    ['--gpus all', { gpu: { count: 'all', ids: [] } }],
    ['--gpus 2', { gpu: { count: 2 } }],
    [`--gpus '"device=0,1"'`, { gpu: { count: 2, ids: ['0', '1'] } }],
    ['-m 8g --cpus=1.5 --pids-limit 200', { limits: { memoryBytes: 8 * 1024 ** 3, cpus: 1.5, pids: 200 } }],
    ['--memory=512mb --pids-limit -1', { limits: { memoryBytes: 512 * 1024 ** 2, cpus: null, pids: null } }],
    ['--restart unless-stopped', { restart: 'unless-stopped' }],
    ['--restart=on-failure:3', { restart: 'on-failure' }],
    ['--health-cmd "curl -f localhost"', { healthcheck: 'set' }],
    ['--no-healthcheck', { healthcheck: 'disabled' }],
    ['--runtime nvidia -e NVIDIA_VISIBLE_DEVICES=all', { runtime: 'nvidia', gpu: { count: 'all' } }],
    ['-e A=1 --env B=two=2 -eC=3 -e D', { environment: { A: '1', B: 'two=2', C: '3', D: '' } }],
    ['-l a=b --label c', { labels: { a: 'b', c: '' } }],
    ['--name ollama', { name: 'ollama' }],
    ['', { name: 'x.service', state: 'declared', source: 'docker', id: null, pid: null }],
    [
      '-it -dp 127.0.0.1:80:8080/tcp',
      { publishes: [{ hostAddress: '127.0.0.1', hostPort: 80, containerPort: 8080, proto: 'tcp' }] },
    ],
    [
      '-p 53:53/udp',
      {
        publishes: [
          { hostAddress: '0.0.0.0', proto: 'udp' },
          { hostAddress: '::', proto: 'udp' },
        ],
      },
    ],
    ['-p [::1]:80:80', { publishes: [{ hostAddress: '::1', hostPort: 80 }] }],
    [
      '-p 8000-8001:80-81',
      {
        publishes: [
          { hostPort: 8000, containerPort: 80 },
          { hostPort: 8000 },
          { hostPort: 8001, containerPort: 81 },
          { hostPort: 8001 },
        ],
      },
    ],
    ['-p 80', { publishes: [{ hostPort: 0, containerPort: 80 }, { hostPort: 0 }] }],
    [
      '--publish published=9000,target=80,protocol=udp',
      { publishes: [{ hostPort: 9000, containerPort: 80, proto: 'udp' }, {}] },
    ],
  ])('%s', (flags, expected) => {
    expect(run(`/usr/bin/docker run ${flags} ollama/ollama:0.5 serve --x`)).toMatchObject({
      ...expected,
      image: { repository: 'ollama/ollama', tag: '0.5' },
      command: ['serve', '--x'],
    });
  });

  test.each([
    'docker --context default run -d --rm IMAGE',
    'docker -H unix:///run/docker.sock container run IMAGE',
    'docker create IMAGE',
    'podman --log-level=debug run --cgroups=split --sdnotify conmon --replace IMAGE',
    'env A=b docker run IMAGE',
    '/usr/bin/env docker run -- IMAGE',
    'sudo -n docker run IMAGE',
    '/bin/sh -c "docker rm -f x; exec docker run --name x IMAGE && true"',
    `bash -ec 'docker pull IMAGE && docker run -e "A=b c" IMAGE'`,
  ])('%s', (line) => {
    expect(run(line)?.image.reference).toBe('IMAGE');
  });

  test.each([
    'docker start ollama',
    'docker compose up',
    'docker-compose run web',
    'echo docker run x',
    'docker run',
    'docker ps',
    '',
  ])('no container: %s', (line) => {
    expect(run(line)).toBeNull();
  });

  test('any arguments in: no throw', () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom(
        '--mount',
        '-p',
        '-v',
        '--gpus',
        '--device',
        '--privileged',
        'type=bind,',
        ':::',
        '-p[',
      ),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), (args) => {
        parseContainerRun(['docker', 'run', ...args], 'x');
      }),
    );
  });
});
