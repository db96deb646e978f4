import { describe, expect, test } from '@jest/globals';
import { factReader } from '../../src/engine/fact.ts';
import { placeOf, processesFact } from '../../src/facts/processes.ts';
import { memoryHost } from '../harness/memory-host.ts';

const id = 'a1'.repeat(32);

function proc(pid: number, cmdline: string, more: { nspid?: string; cgroup?: string } = {}) {
  const { nspid = String(pid), cgroup = '0::/system.slice/ollama.service\n' } = more;
  return {
    [`/proc/${String(pid)}/cmdline`]: cmdline,
    [`/proc/${String(pid)}/status`]: `Name:\tollama\nPPid:\t1\nUid:\t1000\t999\t1000\t1000\nNSpid:\t${nspid}\n`,
    [`/proc/${String(pid)}/cgroup`]: cgroup,
  };
}

const init = proc(1, '/sbin/init\0', { cgroup: '0::/init.scope\n' });

describe('processes', () => {
  test('have arguments, effective user, unit and program', async () => {
    const host = await memoryHost({
      files: { ...init, ...proc(7, 'ollama\0serve\0') },
      recording: { '/proc/7/exe': { readlink: '/usr/bin/ollama' } },
    });
    const processes = await factReader(host)(processesFact);
    expect(processes).toMatchObject({
      value: [
        { pid: 1 },
        {
          pid: 7,
          ppid: 1,
          name: 'ollama',
          argv: ['ollama', 'serve'],
          exe: '/usr/bin/ollama',
          uid: 999,
          unit: 'ollama.service',
          containerId: null,
        },
      ],
    });
  });

  test.each([
    ['a kernel thread', proc(2, ''), 1],
    ['one in a system container', proc(7, 'sshd\0', { nspid: '7\t1', cgroup: '0::/machine.slice\n' }), 1],
    [
      'one in a container',
      proc(7, 'ollama\0', { nspid: '7\t1', cgroup: `0::/system.slice/docker-${id}.scope\n` }),
      2,
    ],
  ])('%s', async (_, files, count) => {
    const processes = await factReader(await memoryHost({ files: { ...init, ...files } }))(processesFact);
    expect(processes.state === 'known' && processes.value.length).toBe(count);
  });

  const refused = { unknown: 'denied', detail: 'may not be read' };

  test('are unknown where /proc shows no command lines (hidepid=1)', async () => {
    const recording = { '/proc/1/cmdline': { read: refused } };
    const host = await memoryHost({ files: { ...init, ...proc(7, 'ollama\0') }, recording });
    expect(await factReader(host)(processesFact)).toMatchObject({ state: 'unknown', why: 'denied' });
  });

  test.each(['cmdline', 'status'])('one whose %s may not be read is a gap', async (file) => {
    const recording = { [`/proc/7/${file}`]: { read: refused } };
    const host = await memoryHost({ files: { ...init, ...proc(7, 'ollama\0') }, recording });
    expect(await factReader(host)(processesFact)).toMatchObject({
      value: [{ pid: 1 }],
      gaps: [expect.stringContaining('run as root')],
    });
  });

  test('are unknown where /proc hides those of others', async () => {
    const host = await memoryHost({ files: proc(7, 'ollama\0') });
    expect(await factReader(host)(processesFact)).toMatchObject({ state: 'unknown', why: 'denied' });
  });
});

describe('the place of a process', () => {
  test.each([
    ['0::/system.slice/ollama.service', 'ollama.service', null],
    ['9:name=systemd:/system.slice/ssh.service\n8:pids:/system.slice/ssh.service\n0::/', 'ssh.service', null],
    [`0::/system.slice/docker-${id}.scope`, `docker-${id}.scope`, id],
    [`1:name=systemd:/docker/${id}`, null, id],
    [`0::/machine.slice/libpod-${id}.scope/container`, `libpod-${id}.scope`, id],
    [`0::/machine.slice/libpod-conmon-${id}.scope`, `libpod-conmon-${id}.scope`, null],
    [`0::/system.slice/web.service/libpod-payload-${id}`, 'web.service', id],
    ['0::/user.slice/user-1000.slice/user@1000.service/app.slice/jupyter.service', 'jupyter.service', null],
    ['0::/user.slice/user-1000.slice/session-3.scope', 'session-3.scope', null],
    ['', null, null],
    ['0::/..', null, null],
  ])('%j', (cgroup, unit, containerId) => {
    expect(placeOf(cgroup)).toEqual({ unit, containerId });
  });
});
