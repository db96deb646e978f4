import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { limits } from '../../src/host/limits.ts';
import { liveHost } from '../../src/host/live.ts';
import { temporaryDirectory } from '../harness/temporary-directory.ts';

/** Short, so that what never ends costs little. */
const patience = 500;
const host = liveHost(new Date('2026-11-21T00:00:00Z'), { ...limits, commandMilliseconds: patience });
const directory = temporaryDirectory();
const at = (name: string) => join(directory, name);

beforeAll(() => {
  writeFileSync(at('text'), 'A_PASSWORD=hunter2\n');
  writeFileSync(at('binary'), Buffer.from([0, 255, 254, 10, 0x1b]));
  writeFileSync(at('huge'), '');
  truncateSync(at('huge'), limits.fileBytes + 1);
  writeFileSync(at('full'), '');
  truncateSync(at('full'), limits.fileBytes);
  symlinkSync('loop', at('loop'));
  symlinkSync('text', at('link'));
  execFileSync('mkfifo', [at('fifo')]);
  mkdirSync(at('sub'));
});

describe('reading', () => {
  test('masks secrets', async () => {
    expect(await host.read(at('text'))).toMatchObject({ state: 'known', value: 'A_PASSWORD=<masked>\n' });
  });

  test('follows links', async () => {
    expect(await host.read(at('link'))).toMatchObject({ state: 'known', value: 'A_PASSWORD=<masked>\n' });
    expect(await host.readlink(at('link'))).toMatchObject({ state: 'known', value: 'text' });
    expect(await host.readlink(at('text'))).toMatchObject({ state: 'known', value: null });
  });

  test('of binary data gives text', async () => {
    expect(await host.read(at('binary'))).toMatchObject({ state: 'known', value: '\0\ufffd\ufffd\n\u001b' });
  });

  test.each([
    ['huge', 'too-large'],
    ['loop', 'unsupported'],
    ['fifo', 'unsupported'],
    ['sub', 'unsupported'],
  ])('of %s is unknown: %s', async (name, why) => {
    expect(await host.read(at(name))).toMatchObject({ state: 'unknown', why });
  });

  test('stops behind the limit, not at it', async () => {
    const full = await host.read(at('full'));
    expect(full.state === 'known' && full.value?.length).toBe(limits.fileBytes);
  });

  test('of what is not there is known', async () => {
    for (const path of [at('absent'), at('text/below')]) {
      for (const ask of ['read', 'stat', 'list', 'readlink'] as const) {
        expect(await host[ask](path)).toMatchObject({ state: 'known', value: null });
      }
    }
  });

  test('of /proc, where sizes are 0, gives the text', async () => {
    const status = await host.read('/proc/self/status');
    expect(status.state === 'known' && status.value).toMatch(/^Name:/);
  });
});

describe('stat', () => {
  test('gives type and permission bits', async () => {
    chmodSync(at('text'), 0o4640);
    expect(await host.stat(at('link'))).toMatchObject({ value: { type: 'file', mode: 0o4640 } });
    expect(await host.stat(at('fifo'))).toMatchObject({ value: { type: 'fifo' } });
    expect(await host.stat('/dev/null')).toMatchObject({ value: { type: 'char', mode: 0o666 } });
  });
});

describe('running', () => {
  test('gives output and exit code, whatever it is', async () => {
    expect(await host.run(['ls', '/nonexistent'])).toMatchObject({
      state: 'known',
      value: { exitCode: 2, stdout: '' },
    });
  });

  test('happens in a clean environment and an empty standard input', async () => {
    process.env.AISEC_TEST_LEAK = 'leak';
    const environment = await host.run(['env']);
    delete process.env.AISEC_TEST_LEAK;
    expect(
      environment.state === 'known' && environment.value.stdout.split('\n').filter(Boolean).toSorted(),
    ).toEqual(['HOME=/nonexistent', 'LC_ALL=C', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin']);
    expect(await host.run(['cat'])).toMatchObject({ value: { stdout: '' } });
  });

  test('never leaves the trusted directories, whatever PATH and the working directory are', async () => {
    writeFileSync(at('aisec-evil'), '#!/bin/sh\necho evil\n', { mode: 0o755 });
    const before = process.env.PATH;
    process.env.PATH = `${directory}:${before ?? ''}`;
    const found = await host.run(['aisec-evil']);
    process.env.PATH = before;
    expect(found).toMatchObject({ state: 'unknown', why: 'tool-missing' });
  });

  test('passes arguments as they are', async () => {
    expect(await host.run(['printf', '%s|', '$(id)', '; id', '*'])).toMatchObject({
      value: { stdout: '$(id)|; id|*|' },
    });
  });

  test('that floods is unknown', async () => {
    const flood = await host.run(['head', '-c', String(limits.commandBytes + 1), '/dev/zero']);
    expect(flood).toMatchObject({ state: 'unknown', why: 'too-large' });
  });

  test('that hangs is ended, and unknown', async () => {
    expect(await host.run(['sleep', '60'])).toMatchObject({ state: 'unknown', why: 'timeout' });
  });
});

describe('a GET over a unix socket', () => {
  const socket = at('api.sock');
  const server = createServer((request, response) => {
    if (request.url === '/hang') return;
    if (request.url === '/flood') response.write(Buffer.alloc(limits.commandBytes + 1));
    response.end('{"TOKEN":"A_TOKEN=abc"}');
  });
  beforeAll(() => new Promise<void>((resolve) => void server.listen(socket, resolve)));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  test('gives status and masked body', async () => {
    expect(await host.get(socket, '/info')).toMatchObject({
      value: { status: 200, body: '{"TOKEN":"<masked>"}' },
    });
  });

  test('to no socket is knowledge', async () => {
    expect(await host.get(at('absent.sock'), '/info')).toMatchObject({ state: 'known', value: null });
  });

  test('to a socket that nobody serves is unknown', async () => {
    expect(await host.get(at('text'), '/info')).toMatchObject({ state: 'unknown', why: 'unsupported' });
  });

  test.each([
    ['/hang', 'timeout'],
    ['/flood', 'too-large'],
  ])('of %s is unknown: %s', async (path, why) => {
    expect(await host.get(socket, path)).toMatchObject({ state: 'unknown', why });
  });
});
