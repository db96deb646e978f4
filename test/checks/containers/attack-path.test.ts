import { describe, expect, test } from '@jest/globals';
import { attackPath } from '../../../src/checks/containers/attack-path.ts';
import type { Exposure } from '../../../src/engine/report.ts';
import { unknown } from '../../../src/host/evidence.ts';
import { catalogue } from '../../../src/facts/catalogue/catalogue.ts';
import type { AiService } from '../../../src/facts/catalogue/ai-services.ts';
import type { Mount, Workload } from '../../../src/facts/workloads/workload.ts';
import { engine, workload } from '../../harness/docker-workload.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { exposure, noStopgaps } from '../../harness/exposures.ts';

const bind = (Source: string, RW = true) => ({
  mounts: [{ Type: 'bind', Source, Destination: '/x', Mode: '', RW, Propagation: 'rprivate' }],
});

/** A container of this product, with nothing set. */
function serviceIn(id: string, container: Workload): AiService {
  const service = catalogue().services.find((each) => each.id === id);
  if (service === undefined) throw new Error(`the catalogue has no ${id}`);
  return {
    ...{ service, label: `${id} (container ${container.name})`, by: 'image', processes: [], unit: null },
    ...{ workload: container, listeners: [], environment: {}, argv: [], unseen: null },
  };
}

interface Given {
  readonly exposures?: readonly Exposure[] | ReturnType<typeof unknown>;
  readonly product?: string;
  readonly others?: readonly Workload[];
  readonly engines?: unknown;
}

function judge(from: 'network' | 'inside', one: Workload, given: Given = {}) {
  const open = exposure({ workload: one.name, kind: 'published', port: 11434 });
  return evaluate(
    attackPath,
    {
      workloads: [one, ...(given.others ?? [])],
      services: [serviceIn(given.product ?? 'ollama', one)],
      exposures: given.exposures ?? [open],
      engines: given.engines ?? [engine],
      stopgaps: noStopgaps,
    },
    { from },
  );
}

const socket = workload('x', bind('/var/run/docker.sock'));

describe('from the network', () => {
  test.each<[string, string, Workload, Given]>([
    ['fail', 'a service without a credential has the engine’s socket', socket, {}],
    [
      'fail',
      'read-only makes no difference to a socket',
      workload('x', bind('/var/run/docker.sock', false)),
      {},
    ],
    ['fail', 'a directory above the socket', workload('x', bind('/run')), {}],
    ['fail', 'privileged', workload('x', { host: { Privileged: true } }), {}],
    ['fail', 'root and write access to /etc', workload('x', bind('/etc')), {}],
    [
      'fail',
      'SYS_ADMIN beside a GPU',
      workload('x', { host: { CapAdd: ['SYS_ADMIN'], Runtime: 'nvidia' } }),
      {},
    ],
    [
      'pass',
      'a user without rights cannot write to /etc',
      workload('x', { ...bind('/etc'), config: { User: '1000' } }),
      {},
    ],
    ['pass', '/etc read-only', workload('x', bind('/etc', false)), {}],
    ['pass', 'nothing that makes root', workload('x'), {}],
    ['pass', 'data in root’s home', workload('x', bind('/root/openwebui/data')), {}],
    ['pass', 'a product’s own files', workload('x', bind('/usr/share/ollama/.ollama')), {}],
    ['pass', 'its own settings', workload('x', bind('/etc/traefik')), {}],
    ['pass', 'the time zone', workload('x', bind('/etc/localtime')), {}],
    ['fail', 'what the dynamic linker reads', workload('x', bind('/etc/ld.so.conf.d')), {}],
    ['fail', 'a directory of the dynamic linker’s', workload('x', bind('/usr/lib/x86_64-linux-gnu')), {}],
    ['pass', 'nobody reaches it', socket, { exposures: [] }],
    [
      'undetermined',
      'it is a neighbour of other machines',
      { ...socket, openNetworks: [{ name: 'lan', kind: 'macvlan' }] },
      { exposures: [] },
    ],
    [
      'pass',
      'containers alone reach it',
      socket,
      { exposures: [exposure({ workload: 'x', scope: 'containers' })] },
    ],
    ['undetermined', 'who reaches it is not known', socket, { exposures: unknown('denied', 'no root', 'x') }],
    [
      'undetermined',
      'one port’s rules were not seen',
      socket,
      { exposures: [exposure({ workload: 'x', scope: 'unknown' })] },
    ],
    ['undetermined', 'the first visitor has the account', socket, { product: 'portainer' }],
    [
      'not-applicable',
      'the engine maps root to another user',
      socket,
      { engines: [{ ...engine, rootless: true }] },
    ],
  ])('%s: %s', (outcome, _, one, given) => {
    expect(judge('network', one, given)[0]).toMatchObject({ outcome });
  });

  test('a network of the neighbours’ own takes no failure away', () => {
    const lan = { ...socket, openNetworks: [{ name: 'lan', kind: 'macvlan' }] };
    expect(judge('network', lan).map(({ outcome }) => outcome)).toEqual(['fail', 'undetermined']);
  });

  test('the chain is one line', () => {
    expect(judge('network', socket)).toMatchObject([
      {
        subject: 'x on 0.0.0.0:11434/tcp',
        data: { chain: 'the internet → x (11434/tcp) → the engine’s socket (/var/run/docker.sock)' },
      },
    ]);
  });

  test('a file’s published port is open to whoever reaches the machine', () => {
    const described: Workload = {
      ...socket,
      ...{ source: 'compose', state: 'declared' },
      publishes: [
        { proto: 'tcp', hostAddress: '0.0.0.0', hostPort: 80, containerPort: 11434, active: false },
        { proto: 'tcp', hostAddress: '127.0.0.1', hostPort: 81, containerPort: 11434, active: false },
      ],
    };
    const seen = judge('network', described, {
      exposures: unknown('unsupported', 'files', 'x'),
      engines: [],
    });
    expect(seen).toMatchObject([{ outcome: 'fail', subject: 'x on 0.0.0.0:80/tcp', variant: 'compose' }]);
  });
});

describe('a service of a file', () => {
  const described = (changes: Partial<Workload>): Workload => ({
    ...socket,
    ...{ source: 'compose', state: 'declared' },
    ...changes,
  });
  const files = { exposures: unknown('unsupported', 'files', 'x'), engines: [] };
  const open = [
    { proto: 'tcp', hostAddress: '0.0.0.0', hostPort: 80, containerPort: 80, active: false },
  ] as const;

  test.each<[string, string, Workload, Given]>([
    [
      'fail',
      'on the host’s network it opens its own port',
      described({ namespaces: { ...socket.namespaces, network: 'host' } }),
      files,
    ],
    [
      'fail',
      'what it borrows the network of is published',
      described({ namespaces: { ...socket.namespaces, network: 'container:vpn' } }),
      { ...files, others: [{ ...workload('vpn'), state: 'declared', publishes: open }] },
    ],
    [
      'undetermined',
      'whose network it borrows is not there',
      described({ namespaces: { ...socket.namespaces, network: 'container:vpn' } }),
      files,
    ],
    [
      'fail',
      'a network of the neighbours’ own',
      described({ openNetworks: [{ name: 'lan', kind: 'macvlan' }] }),
      files,
    ],
    ['pass', 'nothing is published', described({}), files],
    [
      'pass',
      'a directory of the repository',
      described({
        mounts: socket.mounts.map((mount) => ({ ...mount, source: './etc', real: './etc' })),
        namespaces: { ...socket.namespaces, network: 'host' },
      }),
      files,
    ],
    [
      'undetermined',
      'a mount is left open',
      described({ mounts: [], unsettled: new Map([['mounts', 'c.yml:3 leaves it to V']]) }),
      files,
    ],
  ])('%s: %s', (outcome, _, one, given) => {
    expect(judge('network', one, given)[0]).toMatchObject({ outcome });
  });

  test('a rule for every device is one, with the right to make its node', () => {
    const rule = described({ mounts: [], deviceRules: ['b *:* rwm'], user: 'root' });
    expect(judge('inside', rule, files)[0]).toMatchObject({ outcome: 'fail' });
    expect(judge('inside', { ...rule, capDrop: ['MKNOD'] }, files)[0]).toMatchObject({ outcome: 'pass' });
  });
});

/** A container with the host's /sys, read-only. */
function below(submounts: Mount['submounts']): Workload {
  const one = workload('x', bind('/sys', false));
  return submounts === undefined
    ? one
    : { ...one, mounts: one.mounts.map((mount) => ({ ...mount, submounts })) };
}

describe('from inside', () => {
  const other = workload('other', { host: { PidMode: 'host' } });
  const tracer = { host: { PidMode: 'container:other', CapAdd: ['SYS_PTRACE'] } };

  test.each<[string, string, Workload, Given]>([
    ['fail', 'root and write access to /etc', workload('x', bind('/etc')), {}],
    ['fail', 'root and SYS_ADMIN', workload('x', { host: { CapAdd: ['SYS_ADMIN'] } }), {}],
    [
      'fail',
      'root and a disk',
      workload('x', {
        host: {
          Devices: [{ PathOnHost: '/dev/sda', PathInContainer: '/dev/sda', CgroupPermissions: 'rwm' }],
        },
      }),
      {},
    ],
    ['fail', 'another’s share of the host’s processes', workload('x', tracer), { others: [other] }],
    ['pass', 'the socket alone has a rule of its own', socket, {}],
    ['pass', 'a user without rights', workload('x', { ...bind('/etc'), config: { User: 'app' } }), {}],
    ['fail', 'root on the system bus, read-only or not', workload('x', bind('/run/dbus', false)), {}],
    [
      'fail',
      'root and the engine’s data, wherever they are',
      workload('x', bind('/srv/docker')),
      { engines: [{ ...engine, dataRoot: '/srv/docker' }] },
    ],
    ['fail', 'root and Podman’s storage', workload('x', bind('/var/lib/containers/storage')), {}],
    ['fail', 'root below a read-only mount', below('writable'), {}],
    ['pass', 'nothing below it either', below('read-only'), {}],
    ['undetermined', 'what is below is not known', below(undefined), {}],
    ['fail', 'root at snapd’s socket', workload('x', bind('/run/snapd.socket')), {}],
    [
      'pass',
      'another user on the system bus',
      workload('x', { ...bind('/run/dbus', false), config: { User: 'app' } }),
      {},
    ],
    ['pass', 'its own processes', workload('x', { host: { CapAdd: ['SYS_PTRACE'] } }), {}],
    [
      'undetermined',
      'only the image says who it is',
      { ...workload('x', bind('/etc')), state: 'declared' },
      {},
    ],
  ])('%s: %s', (outcome, _, one, given) => {
    expect(judge('inside', one, given)[0]).toMatchObject({ outcome });
  });

  test('what is deleted when it stops gets no commands that stop it', () => {
    const data = (one: Workload) => judge('inside', one, {})[0];
    const mounted = { ...workload('x', bind('/etc')), restart: 'always' as const };
    expect(data(mounted)).toMatchObject({ data: { keptName: 'x', restart: 'always' } });
    expect(data({ ...mounted, autoRemove: true })).not.toMatchObject({ data: { keptName: 'x' } });
  });

  test('who lends the namespace is named', () => {
    expect(judge('inside', workload('x', tracer), { others: [other] })[0]).toMatchObject({
      data: { chain: 'root in it → SYS_PTRACE among the host’s processes (through other)' },
    });
  });
});
