import { expect, test } from '@jest/globals';
import { factReader } from '../../src/engine/fact.ts';
import { sshDoorsFact } from '../../src/facts/ssh-doors.ts';
import { sshPortsData } from '../../src/facts/ssh-ports.ts';
import { unknown } from '../../src/host/evidence.ts';
import { memoryHost } from '../harness/memory-host.ts';

const ss = ['ss', '-H', '-t', '-u', '-l', '-n', '-p', '-e'];
const show = ['systemctl', 'show', 'ssh.socket', 'sshd.socket', '--property=Id,ActiveState,Listen'];
const process = (pid: number, name: string) => ({
  [`/proc/${String(pid)}/cmdline`]: `${name}\0`,
  [`/proc/${String(pid)}/status`]: `Name:\t${name}\nPPid:\t0\nUid:\t0\t0\t0\t0\n`,
});
const line = (port: number, owner: string) =>
  `tcp LISTEN 0 128 0.0.0.0:${String(port)} 0.0.0.0:* ${owner} ino:1 sk:1 cgroup:/x <->\n`;

async function ports(
  stdout: string | null,
  socket = 'inactive',
  privileged = true,
  files: Readonly<Record<string, string>> = process(9, 'sshd'),
) {
  const host = await memoryHost({
    files: { ...process(1, 'systemd'), ...process(8, 'nginx'), ...files },
    commands: [
      ...(stdout === null ? [] : [{ argv: ss, stdout }]),
      { argv: show, stdout: `Listen=[::]:2022 (Stream)\nId=ssh.socket\nActiveState=${socket}\n` },
    ],
    privileged,
  });
  const evidence = await factReader(host)(sshDoorsFact);
  return evidence.state === 'known' ? evidence.value.map(({ port }) => port) : evidence.why;
}

test.each([
  ['sshd itself', line(2222, 'users:(("sshd",pid=9,fd=3))'), 'inactive', true, [2222]],
  ['a socket that systemd holds', line(2022, 'users:(("systemd",pid=1,fd=3))'), 'active', true, [2022]],
  ['another socket of systemd', line(80, 'users:(("systemd",pid=1,fd=3))'), 'active', true, []],
  ['another program', line(80, 'users:(("nginx",pid=8,fd=3))'), 'inactive', true, []],
  ['port 22, whose owner is unseen', line(22, ''), 'inactive', false, [22]],
  ['another port, whose owner is unseen', line(4444, ''), 'inactive', false, 'denied'],
  ['nothing', '', 'inactive', true, []],
])('%s', async (_, stdout, socket, privileged, found) => {
  expect(await ports(stdout, socket, privileged)).toEqual(found);
});

const config = '/etc/ssh/sshd_config';
const proc = (hexPort: string) => ({
  '/proc/net/tcp': `  sl  local_address rem_address st\n   0: 00000000:${hexPort} 00000000:0000 0A 0 0 0 0 0 1\n`,
  '/proc/net/udp': '  sl\n',
});
const running = process(9, 'sshd');

test.each<[string, string | null, Readonly<Record<string, string>>, readonly number[] | string]>([
  ['a daemon whose port nobody tells, without ss', null, { ...running, ...proc('08AE') }, 'denied'],
  [
    'ListenAddress with a port',
    null,
    { ...running, ...proc('08AE'), [config]: 'ListenAddress 0.0.0.0:2222\n' },
    [2222],
  ],
  [
    'ListenAddress of IPv6',
    null,
    { ...running, ...proc('08AE'), [config]: 'listenaddress [::]:2222\n' },
    [2222],
  ],
  ['a kernel socket and no daemon', line(2049, ''), {}, []],
  ['a kernel socket, and a daemon that holds none', line(2049, ''), running, 'denied'],
  ['no daemon, without ss', null, proc('08AE'), 'denied'],
])('root sees %s', async (_, stdout, files, found) => {
  expect(await ports(stdout, 'inactive', true, files)).toEqual(found);
});

test('no command is offered where doors may be unseen', () => {
  expect(sshPortsData(unknown('denied', 'x', 'ss'))).toEqual({});
});
