import { describe, expect, test } from '@jest/globals';
import { factReader } from '../../../src/engine/fact.ts';
import { aiServicesFact } from '../../../src/facts/catalogue/ai-services-fact.ts';
import { authenticationOf } from '../../../src/facts/catalogue/authentication.ts';
import type { MemoryHost } from '../../harness/memory-host.ts';
import { memoryHost } from '../../harness/memory-host.ts';

const serve = ['/usr/local/bin/vllm', 'serve', 'm', '--host', '0.0.0.0'];
const files = {
  '/proc/1/cmdline': 'init\0',
  '/proc/1/status': 'Name:\tinit\nUid:\t0\t0\t0\t0\n',
  '/proc/8/cmdline': serve.join('\0') + '\0',
  '/proc/8/status': 'Name:\tvllm\nPPid:\t1\nUid:\t9\t9\t9\t9\n',
  '/proc/8/cgroup': '0::/system.slice/vllm.service\n',
  '/etc/systemd/system/vllm.service': `[Service]\nEnvironmentFile=/etc/vllm.env\nExecStart=${serve.join(' ')}\n`,
  '/etc/vllm.env': 'VLLM_API_KEY=abcdefgh12345\n',
};
const environ = '/proc/8/environ';
const denied = { [environ]: { read: { unknown: 'denied', detail: `${environ} may not be read` } } };

async function vllm(has: MemoryHost) {
  const services = await factReader(await memoryHost(has))(aiServicesFact);
  const found = services.state === 'known' ? services.value : [];
  const [service] = found;
  if (service === undefined || found.length > 1) throw new Error('not one service');
  return service;
}

describe('the environment of a unit’s service', () => {
  test.each([
    ['its process was started without the key', { files: { ...files, [environ]: 'PATH=/bin\0' } }, 'none'],
    [
      'its process was started with it',
      { files: { ...files, [environ]: 'PATH=/bin\0VLLM_API_KEY=abcdefgh12345\0' } },
      'partial',
    ],
    ['its process wrote its title there', { files: { ...files, [environ]: 'VLLM::Server\0\0' } }, 'partial'],
    ['its process may not be read', { files, recording: denied, privileged: false }, 'partial'],
    ['not even by root', { files, recording: denied }, 'unknown'],
  ])('%s', async (_, has, state) => {
    expect(authenticationOf(await vllm(has))).toMatchObject({ state });
  });

  test('a stale line is not cited', async () => {
    const service = await vllm({ files: { ...files, [environ]: 'PATH=/bin\0' } });
    expect(authenticationOf(service).evidence).toContainEqual(expect.objectContaining({ source: environ }));
  });
});

describe('the environment of a service that is a process', () => {
  const alone = Object.fromEntries(Object.entries(files).filter(([path]) => !/\/etc\/|cgroup/.test(path)));

  test.each([
    ['without the key', 'PATH=/bin\0', 'none'],
    ['with it', 'PATH=/bin\0VLLM_API_KEY=abcdefgh12345\0', 'partial'],
    ['a title was written over it', 'VLLM::Server\0\0', 'unknown'],
  ])('%s', async (_, text, state) => {
    expect(authenticationOf(await vllm({ files: { ...alone, [environ]: text } }))).toMatchObject({ state });
  });
});

test('what docker-proxy forwards for a container that was not seen is not the engine’s API', async () => {
  const ofPid = (pid: number, name: string, ppid: number) => ({
    [`/proc/${String(pid)}/cmdline`]: `/usr/sbin/${name}\0`,
    [`/proc/${String(pid)}/status`]: `Name:\t${name}\nPPid:\t${String(ppid)}\nUid:\t0\t0\t0\t0\n`,
    [`/proc/${String(pid)}/cgroup`]: '0::/system.slice/docker.service\n',
  });
  const socket = (port: number, pid: number, name: string) =>
    `tcp LISTEN 0 9 0.0.0.0:${String(port)} 0.0.0.0:* users:(("${name}",pid=${String(pid)},fd=4)) ino:1 sk:1 cgroup:/x <->\n`;
  const host = await memoryHost({
    files: {
      ...ofPid(1, 'init', 0),
      ...ofPid(8, 'dockerd', 1),
      ...ofPid(9, 'docker-proxy', 8),
      '/etc/systemd/system/docker.service': '[Service]\nExecStart=/usr/sbin/dockerd -H tcp://0.0.0.0:2375\n',
    },
    commands: [
      {
        argv: ['ss', '-H', '-t', '-u', '-l', '-n', '-p', '-e'],
        stdout: socket(2375, 8, 'dockerd') + socket(3000, 9, 'docker-proxy'),
      },
    ],
  });
  const services = await factReader(host)(aiServicesFact);
  const found = services.state === 'known' ? services.value : [];
  expect(found.map(({ service, listeners }) => [service.id, listeners.map(({ port }) => port)])).toEqual([
    ['docker-api', [2375]],
  ]);
});
