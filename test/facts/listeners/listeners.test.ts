import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { factReader } from '../../../src/engine/fact.ts';
import { listenersFact } from '../../../src/facts/listeners/listeners.ts';
import { parseProcNet } from '../../../src/facts/listeners/proc-net.ts';
import { parseSocketAddress } from '../../../src/facts/listeners/socket-address.ts';
import { parseSs } from '../../../src/facts/listeners/ss.ts';
import type { MemoryHost } from '../../harness/memory-host.ts';
import { memoryHost } from '../../harness/memory-host.ts';

const ss = ['ss', '-H', '-t', '-u', '-l', '-n', '-p', '-e'];

async function gather(has: MemoryHost) {
  return factReader(await memoryHost(has))(listenersFact);
}

function processFiles(pid: number, ppid: number, name: string) {
  return {
    [`/proc/${String(pid)}/cmdline`]: `/usr/sbin/${name}\0`,
    [`/proc/${String(pid)}/status`]: `Name:\t${name}\nPPid:\t${String(ppid)}\nUid:\t0\t0\t0\t0\n`,
    [`/proc/${String(pid)}/cgroup`]: `0::/system.slice/${name}.service\n`,
  };
}

// Real lines of iproute2 6.1.
const lines = [
  'udp UNCONN 0      0                 0.0.0.0:1008  0.0.0.0:* ino:27485 sk:6 cgroup: <->          ',
  'udp UNCONN 0      0                       *:1007        *:* users:(("python3",pid=186,fd=9)) ino:27484 sk:7 cgroup: v6only:0 <->',
  'tcp LISTEN 0      128         0.0.0.0%host0:1006  0.0.0.0:* users:(("python3",pid=186,fd=8)) ino:27483 sk:b cgroup: <->',
  'tcp LISTEN 0      511               0.0.0.0:80    0.0.0.0:* users:(("nginx",pid=67,fd=5),("nginx",pid=66,fd=5),("nginx",pid=65,fd=5)) ino:28382 sk:d cgroup:/system.slice/nginx.service <->',
  'tcp LISTEN 0      128    [::ffff:127.0.0.1]:1010        *:* users:(("python3",pid=186,fd=13)) ino:27487 sk:e cgroup: v6only:0 <->',
  'tcp LISTEN 0      128                  [::]:1002     [::]:* users:(("python3",pid=186,fd=4)) ino:27479 sk:10 cgroup: v6only:1 <->',
  'tcp LISTEN 0      128               *%host0:1011        *:* users:(("python3",pid=186,fd=14)) ino:27488 sk:12 cgroup: v6only:0 <->',
].join('\n');

describe('parseSs', () => {
  test('reads wildcards, devices, mapped addresses and both stacks', () => {
    expect(parseSs(lines)).toEqual([
      { proto: 'udp', address: '0.0.0.0', interface: null, port: 1008, v6only: false, pids: [] },
      { proto: 'udp', address: '::', interface: null, port: 1007, v6only: false, pids: [186] },
      { proto: 'tcp', address: '0.0.0.0', interface: 'host0', port: 1006, v6only: false, pids: [186] },
      { proto: 'tcp', address: '0.0.0.0', interface: null, port: 80, v6only: false, pids: [67, 66, 65] },
      { proto: 'tcp', address: '127.0.0.1', interface: null, port: 1010, v6only: false, pids: [186] },
      { proto: 'tcp', address: '::', interface: null, port: 1002, v6only: true, pids: [186] },
      { proto: 'tcp', address: '::', interface: 'host0', port: 1011, v6only: false, pids: [186] },
    ]);
  });

  test.each(['tcp LISTEN 0 128 nonsense 0.0.0.0:*', 'tcp LISTEN 0 128 1.2.3.4:99999 *:*', 'boo'])(
    'never drops a line it does not understand: %s',
    (line) => {
      expect(parseSs(`${lines}\n${line}`)).toEqual({ line });
    },
  );

  // A process may call itself anything of 15 bytes.
  test.each([
    ['",pid=6,fd=1)', []],
    ['",pid=6,fd=1),(', []],
    ['x",pid=6,fd=1))', []],
    ['",pid=6,fd=1', []],
    ['"', []],
    ['', []],
    ['a),(b,pid=6 (c', [77]],
    ['tmux: server', [77]],
  ])('a process by the name of %s is nobody else', (name, pids) => {
    const others = ['', ',("nginx",pid=78,fd=3)'];
    for (const other of others) {
      const line = `tcp LISTEN 0 9 *:22 *:* users:(("${name}",pid=77,fd=3)${other}) ino:1 sk:1 cgroup:/ v6only:0 <->`;
      const found = pids.length === 0 || other === '' ? pids : [...pids, 78];
      expect(parseSs(line)).toMatchObject([{ pids: found }]);
    }
  });

  test('a bound TCP socket that does not listen is no listener', () => {
    expect(parseSs('tcp UNCONN 0 0 0.0.0.0:8080 0.0.0.0:*')).toEqual([]);
  });
});

test.each([
  ['[fe80::77]%host0:1012', { address: 'fe80::77', interface: 'host0', port: 1012, dualStack: false }],
  ['[fe80::77%host0]:1012', { address: 'fe80::77', interface: 'host0', port: 1012, dualStack: false }],
  ['127.0.0.53%lo:53', { address: '127.0.0.53', interface: 'lo', port: 53, dualStack: false }],
  [':::22', { address: '::', interface: null, port: 22, dualStack: true }],
  ['*:0', { address: '::', interface: null, port: 0, dualStack: true }],
])('parseSocketAddress %s', (text, expected) => {
  expect(parseSocketAddress(text)).toEqual(expected);
});

const tcp6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0000000000000000FFFF00000100007F:03F2 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 27487 1 0 100 0 0 10 0
   1: 00000000000000000000000001000000:03ED 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 27482 1 0 100 0 0 10 0
   2: 00000000000000000000000001000000:03ED 00000000000000000000000001000000:D431 01 00000000:00000000 00:00000000 00000000     0        0 27482 1 0 100 0 0 10 0
`;
const udp = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
11204: 00000000:03F0 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 27485 2 0000000093cac75c 0
11205: 0100007F:03F1 0100007F:03F0 01 00000000:00000000 00:00000000 00000000     0        0 27486 2 000000007896e1ff 0
`;
const header = 'sl local_address rem_address st\n';

describe('listenersFact', () => {
  test('a worker’s socket belongs to its master', async () => {
    const evidence = await gather({
      files: {
        '/proc/1/comm': 'systemd\n',
        ...processFiles(65, 1, 'nginx'),
        ...processFiles(66, 65, 'nginx'),
        ...processFiles(67, 65, 'nginx'),
      },
      commands: [{ argv: ss, stdout: lines }],
    });
    if (evidence.state !== 'known') throw new Error(evidence.detail);
    expect(evidence.value[3]).toMatchObject({ port: 80, process: { pid: 65, unit: 'nginx.service' } });
  });

  test('a socket that init only keeps for a service belongs to the service', async () => {
    const evidence = await gather({
      files: { ...processFiles(1, 0, 'systemd'), ...processFiles(70, 1, 'ssh') },
      commands: [
        { argv: ss, stdout: 'tcp LISTEN 0 9 *:22 *:* users:(("sshd",pid=70,fd=3),("systemd",pid=1,fd=50))' },
      ],
    });
    expect(evidence).toMatchObject({ value: [{ port: 22, process: { pid: 70 } }] });
  });

  test('without root the listener is known and its owner is not', async () => {
    const stdout = 'tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:* ino:1 sk:1 cgroup:unreachable:1 <->';
    const evidence = await gather({ privileged: false, commands: [{ argv: ss, stdout }] });
    expect(evidence).toMatchObject({ value: [{ port: 22, process: null }] });
  });

  test('nothing listening is knowledge', async () => {
    expect(await gather({ commands: [{ argv: ss, stdout: '' }] })).toMatchObject({
      state: 'known',
      value: [],
    });
  });

  test('without ss, /proc/net tells the same but the owner', async () => {
    const files = { '/proc/net/tcp': header, '/proc/net/tcp6': tcp6, '/proc/net/udp': udp };
    expect(await gather({ files })).toMatchObject({
      value: [
        { proto: 'tcp', address: '127.0.0.1', port: 1010, process: null },
        { proto: 'tcp', address: '::1', port: 1005 },
        { proto: 'udp', address: '0.0.0.0', port: 1008 },
      ],
    });
  });

  test('neither ss nor /proc/net: not an empty list', async () => {
    expect(await gather({})).toMatchObject({ state: 'unknown' });
  });

  test('a line that is not understood makes the whole unknown', async () => {
    const evidence = await gather({ commands: [{ argv: ss, stdout: `${lines}\nboo` }] });
    expect(evidence).toMatchObject({ state: 'unknown', why: 'unparsable' });
  });
});

describe('any bytes', () => {
  test('parse without a throw', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        parseSs(text);
        parseSs(`tcp LISTEN 0 1 ${text}`);
        parseSocketAddress(text);
        parseProcNet('tcp', `\n${text}`);
      }),
    );
  });

  test('every line is a socket or makes the whole not understood', () => {
    const port = fc.integer({ min: 1, max: 65_535 });
    fc.assert(
      fc.property(fc.array(port, { maxLength: 20 }), (ports) => {
        const text = ports.map((value) => `tcp LISTEN 0 1 0.0.0.0:${String(value)} 0.0.0.0:*`).join('\n');
        expect(parseSs(text)).toHaveLength(ports.length);
      }),
    );
  });
});
