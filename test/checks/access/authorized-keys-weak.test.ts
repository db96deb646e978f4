import { describe, expect, test } from '@jest/globals';
import { authorizedKeysWeak } from '../../../src/checks/access/authorized-keys-weak.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { authorizedKeys, elsewhere, file, keyFilesOf, keysElsewhere } from '../../harness/key-files.ts';

describe('authorized-keys-weak', () => {
  const string = (bytes: readonly number[]) => [0, 0, 0, bytes.length, ...bytes];
  const modulus = [0, ...Array.from({ length: 128 }, () => 255)];
  const blob = Buffer.from([
    ...string([...Buffer.from('ssh-rsa')]),
    ...string([1, 0, 1]),
    ...string(modulus),
  ]);

  test.each([
    ['fail', `ssh-rsa ${blob.toString('base64')} old`],
    ['fail', 'ssh-dss AAAA'],
    ['pass', 'ssh-ed25519 AAAA op'],
    ['pass', '# ssh-dss AAAA'],
  ])('%s', async (outcome, line) => {
    const files = await keyFilesOf({ [authorizedKeys]: `${line}\n` }, {});
    expect(evaluate(authorizedKeysWeak, { files }, { rsaBits: 2048 })[0]?.outcome).toBe(outcome);
  });

  test('undetermined and not-applicable', async () => {
    const denied = {
      [authorizedKeys]: { ...file(0o600, 1000, 1000), read: { unknown: 'denied', detail: 'no' } },
    };
    const judge = async (recording: Record<string, unknown>) =>
      evaluate(authorizedKeysWeak, { files: await keyFilesOf({}, recording) }, { rsaBits: 2048 })[0]?.outcome;
    expect(await judge(denied)).toBe('undetermined');
    expect(await judge({})).toBe('not-applicable');
  });

  test('keys outside of homes that were not seen are not absent', async () => {
    const files = await keysElsewhere();
    expect(evaluate(authorizedKeysWeak, { files }, { rsaBits: 3072 })).toMatchObject([
      { outcome: 'undetermined', subject: elsewhere },
    ]);
  });
});
