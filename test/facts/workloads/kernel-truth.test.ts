import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { factReader } from '../../../src/engine/fact.ts';
import { parseStatus, withKernelTruth } from '../../../src/facts/workloads/kernel-truth.ts';
import { idOf } from '../../harness/docker-container.ts';
import { workload } from '../../harness/docker-workload.ts';
import { memoryHost } from '../../harness/memory-host.ts';

const status = (changes: Readonly<Record<string, string>> = {}) => {
  const fields = {
    ...{ Name: 'sleep', PPid: '1', Uid: '0\t1000\t0\t0', NSpid: '299\t1', CapEff: '00000000a80425fb' },
    ...{ CapBnd: '00000000a80425fb', NoNewPrivs: '0', Seccomp: '2', Seccomp_filters: '1' },
    ...changes,
  };
  return Object.entries(fields)
    .map(([name, value]) => `${name}:\t${value}\n`)
    .join('');
};
const init = {
  NSpid: '1',
  CapBnd: '000001ffffffffff',
  CapEff: '000001ffffffffff',
  Seccomp: '0',
  Seccomp_filters: '0',
};

async function truth(
  own: Readonly<Record<string, string>> = {},
  first: Readonly<Record<string, string>> = {},
  more: {
    readonly files?: object;
    readonly links?: Readonly<Record<string, string>>;
    readonly host?: object;
  } = {},
) {
  const links = Object.entries(more.links ?? {}).map(([path, readlink]) => [path, { readlink }]);
  const host = await memoryHost({
    files: {
      '/proc/1/cmdline': 'init\0',
      '/proc/1/status': status({ ...init, ...first }),
      '/proc/299/cmdline': 'sleep\0',
      '/proc/299/status': status(own),
      '/proc/299/cgroup': `0::/system.slice/docker-${idOf('x')}.scope\n`,
      ...more.files,
    },
    recording: Object.fromEntries(links) as Record<string, unknown>,
  });
  const asked: string[] = [];
  const counted = {
    ...host,
    read: (path: string) => (asked.push(path), host.read(path)),
    readlink: (path: string) => (asked.push(path), host.readlink(path)),
  };
  const [found] = await withKernelTruth(counted, factReader(host), [
    workload('x', { host: more.host ?? {} }),
  ]);
  return { kernel: found?.kernel, asked };
}

describe('what the kernel says of a container', () => {
  test('user, capabilities, no-new-privileges, depth', async () => {
    const { kernel } = await truth({ NoNewPrivs: '1' });
    expect(kernel).toMatchObject({
      pid: 299,
      uid: 1000,
      noNewPrivileges: true,
      hasEveryCapability: false,
      shares: { pid: false, network: null, ipc: null, user: null },
    });
    expect(kernel?.bounding).toEqual([
      ...['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'SETGID', 'SETUID', 'SETPCAP'],
      ...['NET_BIND_SERVICE', 'NET_RAW', 'SYS_CHROOT', 'MKNOD', 'AUDIT_WRITE', 'SETFCAP'],
    ]);
  });

  test.each([
    ['off', '0', '0', '0', '0'],
    ['filter', '2', '1', '0', '0'],
    // A system container has a filter itself: its init's count tells.
    ['off', '2', '5', '2', '5'],
    ['filter', '2', '6', '2', '5'],
    ['off', '0', '0', '2', '5'],
    [null, '2', '', '2', '5'],
    [null, '', '', '0', '0'],
  ])(
    'seccomp %s: mode %s with %s filters, init’s %s with %s',
    async (seccomp, mode, count, initMode, initCount) => {
      const own = { Seccomp: mode, Seccomp_filters: count };
      expect((await truth(own, { Seccomp: initMode, Seccomp_filters: initCount })).kernel).toMatchObject({
        seccomp,
      });
    },
  );

  test.each([
    ['docker-default (enforce)\n', 'profile'],
    ['unconfined\n', 'off'],
    ['mine (complain)', 'off'],
    ['a name (kill)\0', 'profile'],
    ['system_u:system_r:container_t:s0:c1,c2\0', null],
    ['', null],
  ])('AppArmor: %j is %s', async (label, appArmor) => {
    const files = { '/proc/299/attr/current': label };
    expect((await truth({}, {}, { files })).kernel).toMatchObject({ appArmor });
  });

  test('namespaces are the host’s when they are init’s', async () => {
    const links = {
      ...{ '/proc/1/ns/net': 'net:[1]', '/proc/299/ns/net': 'net:[1]' },
      ...{ '/proc/1/ns/ipc': 'ipc:[2]', '/proc/299/ns/ipc': 'ipc:[3]' },
      '/proc/299/ns/user': 'user:[4]',
    };
    expect((await truth({ NSpid: '299' }, {}, { links })).kernel).toMatchObject({
      shares: { network: true, ipc: false, user: null, pid: true },
    });
  });

  test('every capability of init', async () => {
    expect((await truth({ CapBnd: '000001ffffffffff' })).kernel).toMatchObject({ hasEveryCapability: true });
  });

  test('five files of each container', async () => {
    const { asked } = await truth();
    expect(asked.filter((path) => path.startsWith('/proc/299/'))).toHaveLength(5);
  });

  test.each([
    [
      'a process that is another container’s',
      { files: { '/proc/299/cgroup': `0::/docker-${idOf('y')}.scope\n` } },
    ],
    ['one that is not there', { files: { '/proc/299/cmdline': '' } }],
    ['the process of a machine of its own', { host: { Runtime: 'runsc' } }],
    ['a status of another shape', { files: { '/proc/299/status': 'Name:\tsleep\n' } }],
  ])('nothing of %s', async (_, more) => {
    expect((await truth({}, {}, more)).kernel).toBeNull();
  });

  test('any text in: no throw', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string().map((text) => status({ CapEff: text, NSpid: text })),
    );
    fc.assert(
      fc.property(anything, (text) => {
        const parsed = parseStatus(text);
        expect(parsed === null || Number.isInteger(parsed.uid)).toBe(true);
      }),
    );
  });
});
