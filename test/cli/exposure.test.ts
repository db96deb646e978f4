import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { aisec } from '../harness/aisec.ts';
import { temporaryDirectory } from '../harness/temporary-directory.ts';

const directory = temporaryDirectory();

test('what cannot be told is no empty list', () => {
  // The files of a machine that does not run: nothing says what listens.
  const { exit, stdout, stderr } = aisec(['exposure', '--root', '.'], directory);
  expect([exit, stdout]).toEqual([3, '']);
  expect(stderr).toMatch(/^who can reach this machine is not known: [^\n]+\n$/);
});

test('nothing seen is not nothing there, where not everything was seen', () => {
  const snapshot = join(directory, 'part');
  mkdirSync(join(snapshot, 'commands'), { recursive: true });
  const header = {
    schema: 'aisec/snapshot/v1',
    name: 'part',
    collectedAt: '2026-11-21T00:00:00Z',
    privileged: true,
  };
  writeFileSync(join(snapshot, 'host.yaml'), JSON.stringify({ ...header, how: 'made in a test' }));
  const argv = ['ss', '-H', '-t', '-u', '-l', '-n', '-p', '-e'];
  writeFileSync(join(snapshot, 'commands/ss.json'), JSON.stringify({ argv, exitCode: 0, stderr: '' }));
  writeFileSync(join(snapshot, 'commands/ss.out'), '');
  const { exit, stdout, stderr } = aisec(['exposure', '--snapshot', 'part', '--port', '22'], directory);
  expect([exit, stdout]).toEqual([0, 'Nothing was seen to listen on port 22; not everything was seen.\n']);
  expect(stderr).toMatch(/^warning: not everything was seen: /);
});
