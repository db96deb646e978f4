import { describe, expect, test } from '@jest/globals';
import { rules } from '../../../rules/registry.ts';
import { workloadMount } from '../../../src/checks/containers/workload-mount.ts';
import type { Mount, Workload } from '../../../src/facts/workloads/workload.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { paramsOf } from '../../harness/dockerfile.ts';
import { engine, workload } from '../../harness/docker-workload.ts';

function mounting(source: string, change: Partial<Mount> = {}, more: Partial<Workload> = {}): Workload {
  const mount: Mount = {
    type: 'bind',
    source,
    real: source,
    target: '/m',
    writable: true,
    propagation: '',
    ...change,
  };
  return { ...workload('x'), mounts: [mount], ...more };
}

const socket = {
  lists: ['engineSockets'],
  guards: ['tecnativa/docker-socket-proxy'],
  meaning: 'm',
};
const sensitive = {
  paths: ['/etc', '/home/*'],
  trees: ['/root/.ssh', '/var/lib/docker'],
  access: 'writable',
  meaning: 'm',
};

describe('workload-mount', () => {
  test.each([
    ['the socket', 'fail', '/run/docker.sock', {}],
    ['read-only does not help', 'fail', '/run/docker.sock', { writable: false }],
    ['the directory above', 'fail', '/run', {}],
    ['through a symbolic link', 'fail', '/var/run', { real: '/run' }],
    ['everything', 'fail', '/', {}],
    ['a user’s engine', 'fail', '/run/user/1000', {}],
    ['another socket', 'pass', '/run/postgresql', {}],
    ['a volume', 'pass', '/run/docker.sock', { type: 'volume' as const }],
  ])('sockets: %s', (_, outcome, source, change) => {
    const given = { workloads: [mounting(source, change)], engines: [engine] };
    expect(evaluate(workloadMount, given, socket)).toMatchObject([{ outcome }]);
  });

  test.each([
    ['fail', '/run/cri-dockerd.sock'],
    ['fail', '/run/dockershim.sock'],
    ['fail', '/run/k0s'],
    ['fail', '/var/snap/microk8s/common/run/containerd.sock'],
    ['fail', '/home/ann/.docker/desktop/docker.sock'],
    ['fail', '/Users/ann/.docker/run/docker.sock'],
    ['fail', '/Users/ann/.colima/default/docker.sock'],
    ['pass', '/home'],
    ['pass', '/home/ann'],
  ])('the rule about sockets: %s %s', (outcome, source) => {
    const given = { workloads: [mounting(source)], engines: [] };
    expect(evaluate(workloadMount, given, paramsOf('engine-socket-mounted'))).toMatchObject([{ outcome }]);
  });

  test('a socket proxy passes, unless it is published', () => {
    const image = { ...workload('x').image, repository: 'tecnativa/docker-socket-proxy' };
    const publishes = workload('x', {
      host: { PortBindings: { '2375/tcp': [{ HostIp: '', HostPort: '2375' }] } },
    }).publishes;
    const judge = (more: Partial<Workload>) =>
      evaluate(
        workloadMount,
        { workloads: [mounting('/run/docker.sock', {}, more)], engines: [engine] },
        socket,
      );
    expect(judge({ image })).toMatchObject([{ outcome: 'pass' }]);
    expect(judge({ image, publishes })).toMatchObject([{ outcome: 'fail' }]);
    const namespaces = { ...workload('x').namespaces, network: 'host' };
    expect(judge({ image, namespaces })).toMatchObject([{ outcome: 'fail' }]);
    expect(judge({ image: { ...image, built: true } })).toMatchObject([{ outcome: 'fail' }]);
    const on = (kind: string | null) => judge({ image, openNetworks: [{ name: 'lan', kind }] })[0]?.outcome;
    expect([on('macvlan'), on('ipvlan'), on('overlay'), on(null)]).toEqual([
      ...['fail', 'fail', 'undetermined', 'undetermined'],
    ]);
    expect(judge({ image, unsettled: new Map([['ports', 'why']]) })).toMatchObject([
      { outcome: 'undetermined' },
    ]);
  });

  test('a socket proxy that borrows the network of what is published does not', () => {
    const image = { ...workload('x').image, repository: 'tecnativa/docker-socket-proxy' };
    const namespaces = { ...workload('x').namespaces, network: 'container:vpn' };
    const proxy = mounting('/run/docker.sock', {}, { image, namespaces });
    const judge = (...others: Workload[]) =>
      evaluate(workloadMount, { workloads: [proxy, ...others], engines: [engine] }, socket)[0]?.outcome;
    const open = workload('vpn', {
      host: { PortBindings: { '2375/tcp': [{ HostIp: '', HostPort: '2375' }] } },
    });
    expect([judge(open), judge(workload('vpn')), judge()]).toEqual(['fail', 'pass', 'fail']);
  });

  test.each([
    ['fail', '/etc', {}],
    ['fail', '/proc/1/root', {}],
    ['fail', '/proc/self/root/root/.ssh', {}],
    ['fail', '/proc/12/task/12/cwd/etc', {}],
    ['fail', '/proc/1/root/proc/1/root/etc', {}],
    ['pass', '/proc/1/root/srv', {}],
    ['fail', '/data', { real: '/proc/1/root/etc' }],
    ['pass', './proc/1/root', {}],
    ['fail', '/', {}],
    ['fail', '/home', {}],
    ['fail', '/home/me', {}],
    ['pass', '/home/me/models', {}],
    ['pass', '/etc/localtime', {}],
    ['fail', '/root', {}],
    ['fail', '/root/.ssh/authorized_keys', {}],
    ['pass', '/root/models', {}],
    ['fail', '/var/lib/docker/volumes', {}],
    ['fail', '/data', { real: '/etc' }],
    ['pass', '/etc', { writable: false }],
    ['undetermined', '/srv/link', { real: null }],
    ['pass', '/srv/link', { real: null, writable: false }],
    ['fail', '/etc', { real: null }],
  ])('sensitive paths: %s %s %j', (outcome, source, change) => {
    const given = { workloads: [mounting(source, change)], engines: [engine] };
    expect(evaluate(workloadMount, given, sensitive)).toMatchObject([{ outcome }]);
  });

  test.each<[string, string]>([
    ...[
      '/etc',
      '/etc/ld.so.conf.d',
      '/etc/apt',
      '/etc/cron.daily/x',
      '/etc/sudoers.d',
      '/usr',
      '/usr/local/lib',
    ].map((path): [string, string] => ['fail', path]),
    ...[
      '/usr/lib/x86_64-linux-gnu',
      '/home/me/.bashrc',
      '/root/.config',
      '/var/log',
      '/dev',
      '/dev/sda1',
    ].map((path): [string, string] => ['fail', path]),
    ...[
      '/etc/timezone',
      '/etc/localtime',
      '/etc/traefik',
      '/usr/share/ollama/.ollama',
      '/root/openwebui/data',
    ].map((path): [string, string] => ['pass', path]),
    ...['/home/me/models', './etc', './proc/1/root', '/var/lib/ollama', '/dev/shm'].map(
      (path): [string, string] => ['pass', path],
    ),
  ])('what root runs and trusts: %s %s', (outcome, source) => {
    const params = rules.find(({ id }) => id === 'sensitive-mount')?.with;
    const given = { workloads: [mounting(source)], engines: [engine] };
    expect(evaluate(workloadMount, given, params)).toMatchObject([{ outcome }]);
  });

  test.each<[string, string, string, boolean]>([
    ['fail', 'sensitive-mount', '/srv/docker', true],
    ['fail', 'sensitive-mount', '/srv/docker/overlay2', true],
    ['fail', 'sensitive-mount', '/srv', true],
    ['pass', 'sensitive-mount', '/srv/models', true],
    ['fail', 'sensitive-mount-read-only', '/srv/docker', false],
    ...[
      '/var/lib/containers',
      '/var/lib/containers/storage',
      '/var/lib/rancher',
      '/var/lib/incus',
      '/var/lib/lxd',
    ].map((path): [string, string, string, boolean] => ['fail', 'sensitive-mount', path, true]),
  ])('where containers live: %s %s %s %j', (outcome, rule, source, writable) => {
    const params = rules.find(({ id }) => id === rule)?.with;
    const engines = [engine, { ...engine, dataRoot: '/srv/docker' }];
    const given = { workloads: [mounting(source, { writable })], engines };
    expect(evaluate(workloadMount, given, params)).toMatchObject([{ outcome }]);
  });

  test.each<[string, string, Mount['submounts'], string | undefined]>([
    ['fail', '/', 'writable', 'below'],
    ['fail', '/sys', 'writable', 'below'],
    ['pass', '/', 'read-only', undefined],
    ['undetermined', '/', undefined, undefined],
    ['pass', '/etc', 'writable', undefined],
    ['pass', '/srv', 'writable', undefined],
  ])('below a read-only mount: %s %s %s', (outcome, source, submounts, message) => {
    const params = rules.find(({ id }) => id === 'sensitive-mount')?.with;
    const change = { writable: false, ...(submounts === undefined ? {} : { submounts }) };
    const given = { workloads: [mounting(source, change)], engines: [engine] };
    const expected = message === undefined ? { outcome } : { outcome, message };
    expect(evaluate(workloadMount, given, params)).toMatchObject([expected]);
  });

  const asUser = (user: string, state: Workload['state'] = 'running') => ({ user, state });
  test.each<[string, string, Partial<Workload>, object]>([
    ...[
      '/run/dbus',
      '/run/dbus/system_bus_socket',
      '/run/systemd',
      '/run/systemd/private',
      '/run/libvirt',
    ].map((path): [string, string, Partial<Workload>, object] => ['fail', path, {}, {}]),
    ['fail', '/run/snapd.socket', {}, {}],
    ['fail', '/var/run/dbus', {}, {}],
    ['pass', '/run/systemd/resolve', {}, {}],
    ['pass', '/run/dbus', asUser('1000'), {}],
    ['fail', '/run/dbus', asUser('0:0'), {}],
    ['undetermined', '/run/dbus', asUser('', 'declared'), {}],
    [
      'undetermined',
      '/run/dbus',
      { ...asUser('1000'), unsettled: new Map([['user', 'c.yml:3 leaves it to V']]) },
      {},
    ],
    ['not-applicable', '/run/dbus', { mapsRoot: true }, {}],
    ['not-applicable', '/run/dbus', {}, { rootless: true }],
    ['fail', '/run/dbus', { namespaces: { ...workload('x').namespaces, user: 'host' } }, { userns: true }],
  ])('control sockets, read-only: %s %s %j %j', (outcome, source, more, ofEngine) => {
    const params = rules.find(({ id }) => id === 'control-socket-mounted')?.with;
    const given = {
      workloads: [mounting(source, { writable: false }, more)],
      engines: [{ ...engine, ...ofEngine }],
    };
    expect(evaluate(workloadMount, given, params)).toMatchObject([{ outcome }]);
  });

  test('read-only mounts are another rule', () => {
    const given = { workloads: [mounting('/etc', { writable: false }), mounting('/etc')], engines: [engine] };
    const verdicts = evaluate(workloadMount, given, { ...sensitive, access: 'read-only' });
    expect(verdicts).toMatchObject([
      { outcome: 'fail', data: { access: 'read-only', target: '/m' } },
      { outcome: 'pass' },
    ]);
  });

  test('not-applicable without containers', () => {
    const verdicts = evaluate(workloadMount, { workloads: [], engines: [engine] }, sensitive);
    expect(verdicts).toMatchObject([{ outcome: 'not-applicable' }]);
  });
});
