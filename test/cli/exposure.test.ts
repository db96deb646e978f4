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
