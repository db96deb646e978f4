import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { factReader } from '../../../src/engine/fact.ts';
import { dottedVersionCompare } from '../../../src/facts/gpu/dotted-version.ts';
import { gpuFact, versionOf } from '../../../src/facts/gpu/gpu.ts';
import { parseFlatToml } from '../../../src/facts/gpu/toml.ts';
import { nvidiaToolkitFact } from '../../../src/facts/gpu/toolkit.ts';
import { known } from '../../../src/host/evidence.ts';
import { memoryHost } from '../../harness/memory-host.ts';

const char = (mode: number) => ({ stat: { type: 'char', mode, uid: 0, gid: 0, size: 0, mtime: 0 } });
const config = '/etc/nvidia-container-runtime/config.toml';

async function gpu(has: Parameters<typeof memoryHost>[0]) {
  return factReader(await memoryHost(has))(gpuFact);
}

describe('GPUs', () => {
  test('none is known', async () => {
    expect(await gpu({ recording: { '/dev/null': char(0o666) } })).toMatchObject({
      state: 'known',
      value: null,
    });
  });

  test('two NVIDIA cards and their driver', async () => {
    const found = await gpu({
      files: {
        '/proc/driver/nvidia/version':
          'NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.183.01  Sun May 12 19:39:15 UTC 2024\nGCC version: 12.2.0\n',
        '/proc/driver/nvidia/params': 'ResmanDebugLevel: 4294967295\nRmProfilingAdminOnly: 1\n',
      },
      recording: {
        '/dev/nvidia0': char(0o666),
        '/dev/nvidia1': char(0o666),
        '/dev/nvidiactl': char(0o666),
        '/dev/dri/renderD128': char(0o660),
      },
    });
    expect(found).toMatchObject({
      value: {
        count: 2,
        nodes: [{}, {}, {}, { path: '/dev/dri/renderD128', stat: { mode: 0o660 } }],
        nvidia: { version: { value: '535.183.01' }, parameters: { value: { RmProfilingAdminOnly: '1' } } },
      },
    });
  });

  test.each([
    ['NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.65.06  Release Build  (x@y)', '580.65.06'],
    ['NVRM version: NVIDIA UNIX x86_64 Kernel Module  390.157  Wed Oct 12', '390.157'],
  ])('%s', (text, version) => {
    expect(versionOf(known(text, 'f'))).toMatchObject({ value: version });
  });

  test('a driver version that is not understood is unknown', () => {
    expect(versionOf(known('something', 'f'))).toMatchObject({ state: 'unknown', why: 'unparsable' });
  });
});

describe('the toolkit', () => {
  test('none is known', async () => {
    expect(await factReader(await memoryHost({}))(nvidiaToolkitFact)).toMatchObject({ value: null });
  });

  test('version from its package, settings from its file, commented ones not set', async () => {
    const host = await memoryHost({
      files: {
        '/var/lib/dpkg/status':
          'Package: nvidia-container-toolkit\nStatus: install ok installed\nVersion: 1.17.4-1\nArchitecture: amd64\n\n',
        [config]:
          '#accept-x = false\n[nvidia-container-runtime]\nmode = "cdi"\nruntimes = [\n  "crun",\n  "runc",\n]\n',
      },
    });
    const toolkit = await factReader(host)(nvidiaToolkitFact);
    if (toolkit.state === 'unknown' || toolkit.value === null) throw new Error('not found');
    expect(toolkit.value.version).toMatchObject({ value: '1.17.4' });
    expect(toolkit.value.setting('accept-x')).toMatchObject({ value: null });
    expect(toolkit.value.setting('nvidia-container-runtime.mode')).toMatchObject({
      value: { value: 'cdi', line: 3 },
    });
    expect(toolkit.value.setting('nvidia-container-runtime.runtimes')).toMatchObject({
      value: { value: ['crun', 'runc'] },
    });
  });

  test('a key that may hide in a line that was not understood is unknown', async () => {
    const host = await memoryHost({ files: { [config]: 'a = {{ template }}\nb = true\n' } });
    const toolkit = await factReader(host)(nvidiaToolkitFact);
    if (toolkit.state === 'unknown' || toolkit.value === null) throw new Error('not found');
    expect(toolkit.value.setting('a')).toMatchObject({
      state: 'unknown',
      detail: expect.stringContaining(':1'),
    });
    expect(toolkit.value.setting('b')).toMatchObject({ value: { value: true, line: 2 } });
  });

  test('XDG_CONFIG_HOME of the engine moves the file', async () => {
    const host = await memoryHost({
      files: {
        '/proc/1/cmdline': 'init\0',
        '/proc/9/cmdline': 'dockerd\0',
        '/proc/9/status': 'Name:\tdockerd\nUid:\t0\t0\t0\t0\n',
        '/proc/9/environ': 'A=b\0XDG_CONFIG_HOME=/opt/x\0',
        '/opt/x/nvidia-container-runtime/config.toml': 'a = false\n',
      },
    });
    expect(await factReader(host)(nvidiaToolkitFact)).toMatchObject({
      value: { file: '/opt/x/nvidia-container-runtime/config.toml' },
    });
  });
});

describe('the TOML reader', () => {
  test('comments, tables, quotes and arrays', () => {
    const { values, unread } = parseFlatToml(`a = "x # y" # z\n[t.u]\n'bad\nb = ['p', "q"]\nc = 3\n`);
    expect([...values].map(([key, { value }]) => [key, value])).toEqual([
      ['a', 'x # y'],
      ['t.u.b', ['p', 'q']],
      ['t.u.c', 3],
    ]);
    expect(unread).toBe(3);
  });

  test('any text in: no throw', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => parseFlatToml(text).values.size >= 0));
  });

  test('an array that never ends, does', () => {
    expect(parseFlatToml(`a = [\n${'"x",\n'.repeat(300_000)}`).unread).toBe(1);
  });

  test('a large line ends', () => {
    expect(parseFlatToml(`a = ["${'x'.repeat(1_000_000)}`).unread).toBe(1);
  });
});

describe('versions', () => {
  test.each([
    ['535.309.01', '535.309.01', 0],
    ['535.309.1', '535.309.01', 0],
    ['535.99.99', '535.309.01', -1],
    ['1.17.10', '1.17.8', 1],
    ['1.18', '1.17.8', 1],
  ])('%s against %s', (a, b, sign) => {
    expect(Math.sign(dottedVersionCompare(a, b))).toBe(sign);
  });
});
