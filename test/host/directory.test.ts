import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { directoryHost } from '../../src/host/directory.ts';
import { temporaryDirectory } from '../harness/temporary-directory.ts';

const outside = temporaryDirectory();
const root = join(outside, 'root');
const host = directoryHost('rootfs', root, new Date());

beforeAll(() => {
  writeFileSync(join(outside, 'secret'), 'outside');
  mkdirSync(join(root, 'etc'), { recursive: true });
  mkdirSync(join(root, 'usr/lib'), { recursive: true });
  writeFileSync(join(root, 'usr/lib/os-release'), 'inside');
  symlinkSync('../usr/lib/os-release', join(root, 'etc/os-release'));
  symlinkSync('/usr/lib/os-release', join(root, 'etc/absolute'));
  symlinkSync('../../../../secret', join(root, 'etc/above'));
  symlinkSync(join(outside, 'secret'), join(root, 'etc/out'));
  symlinkSync('/usr/lib', join(root, 'lib'));
  symlinkSync('b', join(root, 'a'));
  symlinkSync('a', join(root, 'b'));
});

describe('a root directory', () => {
  test.each(['/etc/os-release', '/etc/absolute', '/lib/os-release', '/etc/../etc/./os-release'])(
    '%s is read inside it',
    async (path) => {
      expect(await host.read(path)).toMatchObject({ state: 'known', value: 'inside', source: path });
    },
  );

  test.each(['/etc/above', '/etc/out', '/../secret', '/../../secret'])(
    '%s does not lead out of it',
    async (path) => {
      expect(await host.read(path)).toMatchObject({ state: 'known', value: null });
    },
  );

  test('a loop of links is unknown', async () => {
    expect(await host.read('/a/x')).toMatchObject({ state: 'unknown', why: 'unsupported' });
  });

  test('a link is read, not followed', async () => {
    expect(await host.readlink('/etc/os-release')).toMatchObject({ value: '../usr/lib/os-release' });
    expect(await host.list('/lib')).toMatchObject({ value: ['os-release'] });
  });

  test('nothing is run or asked', async () => {
    expect(await host.run(['true'])).toMatchObject({ state: 'unknown', why: 'unsupported' });
    expect(await host.get('/run/docker.sock', '/info')).toMatchObject({ state: 'unknown' });
  });
});
