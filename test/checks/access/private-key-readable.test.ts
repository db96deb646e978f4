import { describe, expect, test } from '@jest/globals';
import { privateKeyReadable } from '../../../src/checks/access/private-key-readable.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { directory, file, keyFilesOf, keysElsewhere, privateKey, unseen } from '../../harness/key-files.ts';

describe('private-key-readable', () => {
  const open = { '/home/op/.ssh': directory(0o755) };
  test.each<[string, string, Record<string, unknown>]>([
    ['pass', 'tight', { [privateKey]: file(0o600, 1000, 1000) }],
    ['pass', 'open in a closed directory', { [privateKey]: file(0o644, 1000, 1000) }],
    ['fail', 'open in an open directory', { [privateKey]: file(0o644, 1000, 1000), ...open }],
    ['pass', 'open to the owner’s own group', { [privateKey]: file(0o640, 1000, 1000), ...open }],
    [
      'undetermined',
      'open in a directory not seen',
      { [privateKey]: file(0o644, 1000, 1000), ...open, '/home/op': unseen },
    ],
    ['fail', 'open to another group', { [privateKey]: file(0o640, 1000, 1001), ...open }],
  ])('%s: %s', async (outcome, _, recording) => {
    const files = await keyFilesOf({ [privateKey]: '<masked>' }, recording);
    expect(evaluate(privateKeyReadable, { files })[0]?.outcome).toBe(outcome);
  });

  test('a key that belongs to somebody else is read by them', async () => {
    const files = await keyFilesOf(
      { [privateKey]: '<masked>' },
      { [privateKey]: file(0o600, 1001, 1000), ...open },
    );
    expect(evaluate(privateKeyReadable, { files })).toMatchObject([
      { outcome: 'fail', message: 'owned', data: { uid: 1001, owner: 'op' } },
    ]);
  });

  test('undetermined and not-applicable', async () => {
    const denied = { '/home/op/.ssh': { list: { unknown: 'denied', detail: 'no' } } };
    expect(evaluate(privateKeyReadable, { files: await keyFilesOf({}, denied) })[0]?.outcome).toBe(
      'undetermined',
    );
    expect(evaluate(privateKeyReadable, { files: await keyFilesOf({}, {}) })[0]?.outcome).toBe(
      'not-applicable',
    );
  });

  test('keys of other sorts that were not seen are not private keys', async () => {
    expect(evaluate(privateKeyReadable, { files: await keysElsewhere() })).toMatchObject([
      { outcome: 'not-applicable' },
    ]);
  });
});
