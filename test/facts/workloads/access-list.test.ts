import { expect, test } from '@jest/globals';
import { namedWriters } from '../../../src/facts/workloads/access-list.ts';
import { memoryHost } from '../../harness/memory-host.ts';

const path = '/run/docker.sock';
const argv = ['getfacl', '--omit-header', '--absolute-names', '--', path];

// As getfacl 2.3.1 prints it.
test.each([
  ['user::rw-\ngroup::rw-\nother::---\n', []],
  ['user::rw-\nuser:bob:rw-\ngroup::rw-\nmask::rw-\nother::---\n', ['user bob']],
  ['user::rw-\ngroup::rw-\ngroup:people:rwx\nmask::rwx\nother::---\n', ['group people']],
  ['user::rw-\nuser:bob:rw-\t#effective:r--\ngroup::rw-\t#effective:r--\nmask::r--\nother::---\n', []],
  ['user::rw-\nuser:bob:r--\ngroup::rw-\nmask::rw-\nother::---\n', []],
])('%j', async (stdout, expected) => {
  const host = await memoryHost({ commands: [{ argv, stdout }] });
  expect(await namedWriters(host, path)).toMatchObject({ state: 'known', value: expected });
});

test('without getfacl there are none; where it fails, nobody knows', async () => {
  expect(await namedWriters(await memoryHost({}), path)).toMatchObject({ state: 'known', value: [] });
  const failing = await memoryHost({ commands: [{ argv, stdout: '', stderr: 'no', exitCode: 1 }] });
  expect(await namedWriters(failing, path)).toMatchObject({ state: 'unknown' });
});
