import { describe, expect, test } from '@jest/globals';
import { factReader } from '../../../src/engine/fact.ts';
import { fail2banFact } from '../../../src/facts/fail2ban/fail2ban.ts';
import { guardsFact } from '../../../src/facts/fail2ban/guards.ts';
import { guardedProxiesFact } from '../../../src/facts/fail2ban/guarded-proxies.ts';
import { parseIgnored } from '../../../src/facts/fail2ban/server.ts';
import type { MemoryHost } from '../../harness/memory-host.ts';
import { memoryHost } from '../../harness/memory-host.ts';

const show = (load: string, active: string, file: string): NonNullable<MemoryHost['commands']>[number] => ({
  argv: [
    'systemctl',
    'show',
    'fail2ban.service',
    'sshguard.service',
    'crowdsec.service',
    '--property=Id,LoadState,ActiveState,UnitFileState',
  ],
  stdout: [
    `Id=fail2ban.service\nLoadState=${load}\nActiveState=${active}\nUnitFileState=${file}`,
    'Id=sshguard.service\nLoadState=not-found\nActiveState=inactive\nUnitFileState=',
    'Id=crowdsec.service\nLoadState=not-found\nActiveState=inactive\nUnitFileState=\n',
  ].join('\n\n'),
});
const running = show('loaded', 'active', 'enabled');
const files = {
  '/proc/1/cmdline': '/sbin/init\0',
  '/proc/1/status': 'Name:\tsystemd\nPPid:\t0\nUid:\t0\t0\t0\t0\n',
  '/etc/fail2ban/jail.conf': '[DEFAULT]\nmaxretry = 5\n[sshd]\nenabled = true\nport = 22\n',
};
const status = {
  argv: ['fail2ban-client', 'status'],
  stdout: 'Status\n|- Number of jail:\t1\n`- Jail list:\tsshd\n',
};
const get = (property: string, stdout: string) => ({
  argv: ['fail2ban-client', 'get', 'sshd', property],
  stdout,
});

const read = async (has: MemoryHost) => factReader(await memoryHost(has))(fail2banFact);

describe('fail2ban', () => {
  test('the running server’s values win over the files', async () => {
    const commands = [
      running,
      status,
      get('maxretry', '50\n'),
      get('bantime', '-1\n'),
      get('findtime', '600\n'),
    ];
    expect(await read({ files, commands })).toMatchObject({
      value: {
        active: true,
        enabled: true,
        jails: [
          {
            running: true,
            maxRetry: { value: 50, citation: { source: 'fail2ban-client get sshd maxretry' } },
            banTime: { value: -1 },
          },
        ],
      },
    });
  });

  test('where the server agrees, the file’s line is shown', async () => {
    const evidence = await read({ files, commands: [running, status, get('maxretry', '5\n')] });
    expect(evidence).toMatchObject({
      value: {
        jails: [{ maxRetry: { value: 5, citation: { source: '/etc/fail2ban/jail.conf', line: 2 } } }],
      },
    });
  });

  test('a jail that the server does not run is not in force, and one that it runs is', async () => {
    const other = { ...status, stdout: status.stdout.replace('sshd', 'web') };
    expect(await read({ files, commands: [running, other] })).toMatchObject({
      value: {
        jails: [
          { name: 'sshd', enabled: true, running: false },
          { name: 'web', running: true },
        ],
      },
    });
  });

  test('what the server did not tell of a jail is a gap', async () => {
    const evidence = await read({ files, commands: [running, status, get('maxretry', '5\n')] });
    expect(evidence).toMatchObject({ gaps: [expect.stringContaining('jail sshd')] });
    const all = ['maxretry', 'findtime', 'bantime'].map((property) => get(property, '5\n'));
    const told = [...all, get('ignoreip', 'No IP address/network is ignored\n')];
    expect(await read({ files, commands: [running, status, ...told] })).not.toHaveProperty('gaps');
  });

  test('a masked unit without its program is not installed', async () => {
    const commands = [show('masked', 'inactive', 'masked')];
    expect(await read({ files: { '/proc/1/cmdline': 'init\0' }, commands })).toMatchObject({ value: null });
  });

  test('a file that cannot be looked for is not absent', async () => {
    const recording = {
      '/etc/fail2ban/jail.d': { list: ['a.conf'] },
      '/etc/fail2ban/jail.d/a.local': { stat: { unknown: 'denied', detail: 'no' } },
    };
    const more = { ...files, '/etc/fail2ban/jail.d/a.conf': '[sshd]\nmaxretry = 3\n' };
    const evidence = await read({ files: more, recording, commands: [running, status] });
    expect(evidence).toMatchObject({ state: 'unknown', detail: 'no' });
  });

  test.each(['cloudflare', 'nginx-block-map'])('%s closes the ports of the web only', async (action) => {
    const web = { ...files, '/etc/fail2ban/jail.local': `[sshd]\naction = ${action}\n` };
    const ports = [
      { from: 80, to: 80 },
      { from: 443, to: 443 },
    ];
    expect(await read({ files: web, commands: [running, status] })).toMatchObject({
      value: { jails: [{ bans: [{ action, ports }] }] },
    });
  });

  test('a server that may not be asked is a gap', async () => {
    const denied = {
      argv: ['fail2ban-client', 'status'],
      exitCode: 255,
      stderr: 'Permission denied to socket: x (you must be root)',
    };
    const evidence = await read({ files, commands: [running, denied] });
    expect(evidence).toMatchObject({ state: 'known', gaps: [expect.stringContaining('root')] });
  });

  test('files that fail2ban refuses are said to be so', async () => {
    const broken = { ...files, '/etc/fail2ban/jail.local': 'nonsense\n' };
    expect(await read({ files: broken, commands: [running] })).toMatchObject({
      state: 'unknown',
      detail: expect.stringContaining('jail.local:1'),
    });
  });

  test('absent', async () => {
    const commands = [show('not-found', 'inactive', '')];
    expect(await read({ files: { '/proc/1/cmdline': 'init\0' }, commands })).toMatchObject({ value: null });
  });

  test('when it is down, its journal is read', async () => {
    const commands = [
      show('loaded', 'failed', 'enabled'),
      { argv: ['journalctl', '-u', 'fail2ban', '-n', '20', '-o', 'cat', '--no-pager'], stdout: 'one\ntwo\n' },
    ];
    const evidence = await factReader(await memoryHost({ files, commands }))(guardsFact);
    expect(evidence).toMatchObject({
      value: [{ installed: true, active: false, journal: ['one', 'two'] }, {}, {}],
    });
  });
});

test('0.0.0.0/0 prints as 0.0.0.0', () => {
  const printed = 'These IP addresses/networks are ignored:\n|- 0.0.0.0\n|- 127.0.0.0/8\n`- ::1\n';
  expect(parseIgnored(printed)).toEqual(['0.0.0.0/0', '127.0.0.0/8', '::1']);
  expect(parseIgnored('No IP address/network is ignored\n')).toEqual([]);
});

test.each([
  ['auth_basic "AI";\n proxy_pass http://127.0.0.1:11434;', 1],
  ['location / { auth_basic x; proxy_pass http://ollama; }', 1],
  ['auth_basic off;\n proxy_pass http://127.0.0.1:11434;', 0],
  ['# auth_basic "AI";\n proxy_pass http://127.0.0.1:11434;', 0],
  ['auth_basic "AI";\n root /srv;', 0],
])('%j guards %i proxy', async (text, count) => {
  const host = await memoryHost({ files: { '/etc/nginx/conf.d/a.conf': text } });
  const evidence = await factReader(host)(guardedProxiesFact);
  expect(evidence).toMatchObject({ state: 'known' });
  expect(evidence.state === 'known' && evidence.value.length).toBe(count);
});
