import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { factReader } from '../../../src/engine/fact.ts';
import { sshdFact } from '../../../src/facts/sshd/sshd.ts';
import { directoryHost } from '../../../src/host/directory.ts';
import { memoryHost } from '../../harness/memory-host.ts';
import { sshdConfig, sshdOn, sshdWith } from '../../harness/sshd.ts';

/** A daemon in /proc, with its start in seconds after the kernel's. */
function daemon(pid: number, title: string, unit: string, started: number): Record<string, string> {
  const fields = ['S', '1', ...Array.from({ length: 17 }, () => '0'), String(started * 100)];
  return {
    [`/proc/${String(pid)}/cmdline`]: `${title}\0`,
    [`/proc/${String(pid)}/status`]: 'Name:\tsshd\nPPid:\t1\nUid:\t0\t0\t0\t0\n',
    [`/proc/${String(pid)}/cgroup`]: `0::/system.slice/${unit}\n`,
    [`/proc/${String(pid)}/stat`]: `${String(pid)} (sshd) ${fields.join(' ')}\n`,
    '/proc/stat': 'cpu 0\nbtime 1000\n',
    '/proc/1/cmdline': '/sbin/init\0',
    '/proc/1/status': 'Name:\tinit\n',
  };
}

const titled = (args: string) => `sshd: /usr/sbin/sshd ${args} [listener] 0 of 10-100 startups`;
const file = (mtime: number) => ({ stat: { type: 'file', mode: 0o644, uid: 0, gid: 0, size: 1, mtime } });

describe('servers', () => {
  test('every daemon that listens, on its own file and options', async () => {
    const { servers } = await sshdWith('PermitRootLogin no\n', {
      files: {
        ...daemon(7, titled('-D'), 'ssh.service', 5),
        ...daemon(8, titled('-f /etc/ssh/other -oPasswordAuthentication=no'), 'session-1.scope', 5),
        ...daemon(9, 'sshd: op [priv]', 'session-2.scope', 6),
        '/etc/ssh/other': 'Port 2222\nPermitRootLogin yes\nPasswordAuthentication yes\n',
      },
    });
    expect(servers.map(({ name, kind, unit }) => [name, kind, unit])).toEqual([
      ['sshd', 'running', 'ssh.service'],
      ['sshd -f /etc/ssh/other -o PasswordAuthentication=no', 'running', null],
    ]);
    const other = servers[1]?.scopes[0]?.options;
    expect(other?.get('permitrootlogin')?.values).toEqual(['yes']);
    expect(other?.get('passwordauthentication')).toMatchObject({ values: ['no'], source: 'command line' });
  });

  test('a socket in place of a daemon', async () => {
    const block = (id: string, active: string, enabled: string) =>
      `Id=${id}\nLoadState=loaded\nActiveState=${active}\nUnitFileState=${enabled}\n`;
    const argv = [
      ...['systemctl', 'show', '--no-pager', '--property=Id,LoadState,ActiveState,UnitFileState'],
      ...['ssh.service', 'sshd.service', 'ssh.socket', 'sshd.socket'],
    ];
    const show = (...blocks: string[]) => ({ commands: [{ argv, stdout: blocks.join('\n') }] });
    const socket = show(
      block('ssh.service', 'inactive', 'disabled'),
      block('ssh.socket', 'active', 'enabled'),
    );
    expect((await sshdWith('', socket)).servers).toMatchObject([{ kind: 'socket', unit: 'ssh.service' }]);
    const off = show(block('ssh.service', 'inactive', 'disabled'));
    expect(await sshdWith('', off)).toMatchObject({
      servers: [],
      because: expect.stringContaining('enabled'),
    });
  });

  test('no sshd', async () => {
    expect(await sshdOn({})).toEqual({ servers: [], because: 'no sshd is installed' });
  });

  test('a program that was replaced, and one that is not the package’s', async () => {
    const at = (pid: number, exe: string) => ({ [`/proc/${String(pid)}/exe`]: { readlink: exe } });
    const { servers } = await sshdWith('', {
      files: {
        ...daemon(7, titled('-D'), 'ssh.service', 5),
        ...daemon(8, titled('-f /etc/ssh/a'), 'a.service', 5),
        ...daemon(9, titled('-f /etc/ssh/b'), 'b.service', 5),
        '/etc/ssh/a': '',
        '/etc/ssh/b': '',
      },
      recording: {
        ...at(7, '/usr/sbin/sshd (deleted)'),
        ...at(8, '/usr/sbin/sshd'),
        ...at(9, '/opt/ssh/sbin/sshd'),
      },
    });
    expect(servers.map(({ program }) => program)).toEqual(['replaced', 'installed', 'other']);
  });

  test('processes that may not be read can be further servers', async () => {
    const files = { ...daemon(7, titled('-D'), 'ssh.service', 5), '/proc/8/cmdline': 'x', [sshdConfig]: '' };
    const recording = { '/proc/8/cmdline': { read: { unknown: 'denied', detail: 'no' } } };
    const evidence = await factReader(await memoryHost({ files, recording }))(sshdFact);
    expect(evidence).toMatchObject({ value: { servers: [{ kind: 'running' }] } });
    expect(evidence).toHaveProperty('gaps');
  });

  test('options of the service that may not be read settle nothing', async () => {
    const denied = { '/etc/default/ssh': { read: { unknown: 'denied', detail: 'it may not be read' } } };
    const { servers } = await sshdWith('PermitRootLogin no\n', { recording: denied });
    expect(servers[0]?.incomplete).toMatch(/it may not be read/);
  });

  test('a block that nobody understands may decide before the one that applies', async () => {
    const text = 'Match Sessiontype x\nX11Forwarding yes\nMatch User op\nX11Forwarding no\n';
    const { servers } = await sshdWith(text);
    const scope = servers[0]?.scopes.find(({ connection }) => connection?.user === 'op');
    expect(scope?.options.has('x11forwarding')).toBe(false);
  });

  test('the program’s own answer counts, with the line that decided', async () => {
    const stdout = 'permitrootlogin no\npasswordauthentication no\nx11forwarding yes\n';
    const { servers } = await sshdWith('PermitRootLogin no\nPasswordAuthentication yes\n', {
      commands: [{ argv: ['sshd', '-T'], stdout }],
    });
    const options = servers[0]?.scopes[0]?.options;
    expect(options?.get('permitrootlogin')).toMatchObject({ values: ['no'], source: sshdConfig, line: 1 });
    expect(options?.get('passwordauthentication')).toMatchObject({
      values: ['no'],
      source: 'sshd -T',
      line: null,
    });
  });

  test('a file with Match LocalPort is asked for with a port', async () => {
    const { servers } = await sshdWith('Match LocalPort 2222\nX11Forwarding yes\n', {
      commands: [
        { argv: ['sshd', '-T'], exitCode: 255, stderr: 'lport' },
        { argv: ['sshd', '-T', '-C', 'lport=1'], stdout: 'x11forwarding no\n' },
        {
          argv: [
            ...['sshd', '-T', '-C'],
            'user=aisec-somebody,host=somewhere.invalid,addr=198.51.100.7,laddr=192.0.2.1,lport=2222',
          ],
          stdout: 'x11forwarding yes\n',
        },
      ],
    });
    const values = servers[0]?.scopes.map(({ options }) => options.get('x11forwarding')?.values[0]);
    expect(values?.slice(0, 2)).toEqual(['no', 'yes']);
  });

  test('each Match block is reached past the ones before it', async () => {
    const text = 'Match User op\nPasswordAuthentication no\nMatch User op,root\nPasswordAuthentication yes\n';
    const { servers } = await sshdWith(text);
    const scopes = servers[0]?.scopes ?? [];
    expect(scopes.map(({ connection }) => connection?.user)).toEqual([undefined, 'op', 'root']);
    expect(scopes[2]?.options.get('passwordauthentication')?.values).toEqual(['yes']);
  });

  test('a group without members is assumed to apply', async () => {
    const { servers } = await sshdWith('Match Group nobodys\nPermitRootLogin yes\n');
    expect(servers[0]?.scopes[1]).toMatchObject({ connection: null });
    expect(servers[0]?.scopes[1]?.options.get('permitrootlogin')?.values).toEqual(['yes']);
  });
});

describe('dropbear', () => {
  const dropbear = (cgroup: string) => ({
    '/proc/7/cmdline': '/usr/sbin/dropbear\0-F\0',
    '/proc/7/status': 'Name:\tdropbear\nPPid:\t1\nUid:\t0\t0\t0\t0\n',
    '/proc/7/cgroup': `0::${cgroup}\n`,
    '/proc/1/cmdline': '/sbin/init\0',
    '/proc/1/status': 'Name:\tinit\n',
  });

  test.each([
    ['is a gap', '/system.slice/dropbear.service', [expect.stringMatching(/^dropbear serves SSH here/)]],
    ['of a container is not this machine’s', `/system.slice/docker-${'a'.repeat(64)}.scope`, undefined],
  ])('%s', async (_, cgroup, gaps) => {
    const evidence = await factReader(await memoryHost({ files: dropbear(cgroup) }))(sshdFact);
    expect(evidence).toMatchObject({ state: 'known', value: { servers: [] } });
    expect(evidence.state === 'known' ? evidence.gaps : null).toEqual(gaps);
  });
});

describe('drift', () => {
  const running = daemon(7, titled('-D'), 'ssh.service', 5);
  const stale = { [sshdConfig]: file(2000) };

  test.each<[string, Record<string, string>, Record<string, unknown>, unknown]>([
    [
      'unchanged',
      { '/run/sshd.pid': '7\n' },
      { [sshdConfig]: file(900), '/run/sshd.pid': file(1005) },
      { value: { changed: [] } },
    ],
    [
      'changed',
      { '/run/sshd.pid': '7\n' },
      { ...stale, '/run/sshd.pid': file(1005) },
      { value: { changed: [{ path: sshdConfig }] } },
    ],
    [
      'reloaded since',
      { '/run/sshd.pid': '7\n' },
      { ...stale, '/run/sshd.pid': file(2001) },
      { value: { changed: [] } },
    ],
    [
      'another’s PID file',
      { '/run/sshd.pid': '8\n' },
      { ...stale, '/run/sshd.pid': file(2001) },
      { value: { changed: [{ path: sshdConfig }], reloadSeen: false } },
    ],
  ])('%s', async (_, files, recording, expected) => {
    const { servers } = await sshdWith('', { files: { ...running, ...files }, recording });
    expect(servers[0]?.drift).toMatchObject(expected as object);
  });
});

test('a project: every sshd_config with what it includes, and the drop-ins that none does', async () => {
  const root = await mkdtemp(join(tmpdir(), 'aisec-'));
  try {
    for (const [path, text] of Object.entries({
      'etc/ssh/sshd_config': 'Include /etc/ssh/sshd_config.d/1*.conf\n',
      'etc/ssh/sshd_config.d/10-a.conf': 'PermitRootLogin yes\n',
      'etc/ssh/sshd_config.d/20-b.conf': 'X11Forwarding yes\n',
      'node_modules/x/sshd_config': 'PermitRootLogin yes\n',
      'roles/files/sshd_config': 'PasswordAuthentication no\n',
    })) {
      await mkdir(join(root, path, '..'), { recursive: true });
      await writeFile(join(root, path), text);
    }
    const evidence = await factReader(directoryHost('project', root, new Date(0)))(sshdFact);
    const servers = evidence.state === 'known' ? evidence.value.servers : [];
    expect(servers.map(({ name, kind }) => [name, kind])).toEqual([
      ['etc/ssh/sshd_config', 'file'],
      ['roles/files/sshd_config', 'file'],
      ['etc/ssh/sshd_config.d/20-b.conf', 'fragment'],
    ]);
    expect(servers[0]?.scopes[0]?.options.get('permitrootlogin')?.values).toEqual(['yes']);
    expect(servers[2]?.scopes[0]?.options.has('permitrootlogin')).toBe(false);
  } finally {
    await rm(root, { recursive: true });
  }
});
