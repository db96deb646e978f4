import { describe, expect, test } from '@jest/globals';
import { authorizedKeysWritable } from '../../../src/checks/access/authorized-keys-writable.ts';
import { evaluate } from '../../harness/evaluate.ts';
import {
  authorizedKeys,
  directory,
  elsewhere,
  file,
  keyFilesOf,
  keysElsewhere,
  unseen,
} from '../../harness/key-files.ts';

describe('authorized-keys-writable', () => {
  const own = 'op:x:1000:\n';
  const shared = 'op:x:1000:me\n';
  test.each<[string, string, Record<string, unknown>, string]>([
    ['pass', 'tight', { [authorizedKeys]: file(0o600, 1000, 1000) }, own],
    ['pass', 'writable by the owner’s own group', { [authorizedKeys]: file(0o664, 1000, 1000) }, own],
    ['fail', 'writable by a group with others in it', { [authorizedKeys]: file(0o664, 1000, 1000) }, shared],
    ['fail', 'writable by all', { [authorizedKeys]: file(0o666, 1000, 1000) }, own],
    [
      'fail',
      'a directory above writable by all',
      { [authorizedKeys]: file(0o600, 1000, 1000), '/home/op': directory(0o777) },
      own,
    ],
    ['fail', 'somebody else’s file', { [authorizedKeys]: file(0o600, 1001, 1001) }, own],
    [
      'undetermined',
      'a directory above not seen',
      { [authorizedKeys]: file(0o600, 1000, 1000), '/home/op': unseen },
      own,
    ],
    ['undetermined', 'not seen', { [authorizedKeys]: unseen }, own],
  ])('%s: %s', async (outcome, _, recording, group) => {
    const files = await keyFilesOf({ [authorizedKeys]: 'ssh-ed25519 AAAA op\n' }, recording, group);
    expect(evaluate(authorizedKeysWritable, { files })[0]?.outcome).toBe(outcome);
  });

  test('not-applicable', async () => {
    expect(evaluate(authorizedKeysWritable, { files: await keyFilesOf({}, {}) })[0]?.outcome).toBe(
      'not-applicable',
    );
  });

  test('keys outside of homes that were not seen are not absent', async () => {
    const files = await keysElsewhere();
    expect(evaluate(authorizedKeysWritable, { files })).toMatchObject([
      { outcome: 'undetermined', subject: elsewhere },
    ]);
  });
});
