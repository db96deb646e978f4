import { describe, expect, test } from '@jest/globals';
import { authorizedKeysWeak } from '../../../src/checks/access/authorized-keys-weak.ts';
import { authorizedKeysWritable } from '../../../src/checks/access/authorized-keys-writable.ts';
import { privateKeyReadable } from '../../../src/checks/access/private-key-readable.ts';
import { factReader } from '../../../src/engine/fact.ts';
import { keyFilesFact } from '../../../src/facts/sshd/key-files.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { memoryHost } from '../../harness/memory-host.ts';

const passwd =
  'root:x:0:0::/root:/bin/bash\nop:x:1000:1000::/home/op:/bin/bash\nme:x:1001:1001::/home/me:/bin/sh\n';
const keys = '/home/op/.ssh/authorized_keys';
const key = '/home/op/.ssh/id_rsa';
const node = (mode: number, uid: number, gid: number, type = 'file') => ({
  stat: { type, mode, uid, gid, size: 1, mtime: 1 },
});
const directory = (mode: number, uid = 1000, gid = 1000) => node(mode, uid, gid, 'directory');

async function filesOf(
  files: Record<string, string>,
  recording: Record<string, unknown>,
  group = 'op:x:1000:\n',
) {
  const host = await memoryHost({
    files: { '/etc/passwd': passwd, '/etc/group': group, ...files },
    recording: { '/home/op': directory(0o755), '/home/op/.ssh': directory(0o700), ...recording },
  });
  const evidence = await factReader(host)(keyFilesFact);
  if (evidence.state === 'unknown') throw new Error(evidence.detail);
  return evidence.value;
}

test('keys outside of homes that were not seen are neither private keys nor absent', async () => {
  const path = '/etc/ssh/auth/op';
  const denied = { stat: { unknown: 'denied', detail: `${path} may not be read` } };
  const files = await filesOf(
    { '/usr/sbin/sshd': '', '/etc/ssh/sshd_config': 'AuthorizedKeysFile /etc/ssh/auth/%u\n' },
    { [path]: denied },
  );
  for (const check of [authorizedKeysWeak, authorizedKeysWritable]) {
    expect(evaluate(check, { files }, check === authorizedKeysWeak ? { rsaBits: 3072 } : {})).toMatchObject([
      { outcome: 'undetermined', subject: path },
    ]);
  }
  expect(evaluate(privateKeyReadable, { files })).toMatchObject([{ outcome: 'not-applicable' }]);
});

describe('authorized-keys-writable', () => {
  const own = 'op:x:1000:\n';
  const shared = 'op:x:1000:me\n';
  test.each<[string, string, Record<string, unknown>, string]>([
    ['pass', 'tight', { [keys]: node(0o600, 1000, 1000) }, own],
    ['pass', 'writable by the owner’s own group', { [keys]: node(0o664, 1000, 1000) }, own],
    ['fail', 'writable by a group with others in it', { [keys]: node(0o664, 1000, 1000) }, shared],
    ['fail', 'writable by all', { [keys]: node(0o666, 1000, 1000) }, own],
    [
      'fail',
      'a directory above writable by all',
      { [keys]: node(0o600, 1000, 1000), '/home/op': directory(0o777) },
      own,
    ],
    ['fail', 'somebody else’s file', { [keys]: node(0o600, 1001, 1001) }, own],
    ['undetermined', 'not seen', { [keys]: { stat: { unknown: 'denied', detail: 'no' } } }, own],
  ])('%s: %s', async (outcome, _, recording, group) => {
    const files = await filesOf({ [keys]: 'ssh-ed25519 AAAA op\n' }, recording, group);
    expect(evaluate(authorizedKeysWritable, { files })[0]?.outcome).toBe(outcome);
  });

  test('not-applicable', async () => {
    expect(evaluate(authorizedKeysWritable, { files: await filesOf({}, {}) })[0]?.outcome).toBe(
      'not-applicable',
    );
  });
});

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
    const files = await filesOf({ [keys]: `${line}\n` }, {});
    expect(evaluate(authorizedKeysWeak, { files }, { rsaBits: 2048 })[0]?.outcome).toBe(outcome);
  });

  test('undetermined and not-applicable', async () => {
    const denied = { [keys]: { ...node(0o600, 1000, 1000), read: { unknown: 'denied', detail: 'no' } } };
    const judge = async (recording: Record<string, unknown>) =>
      evaluate(authorizedKeysWeak, { files: await filesOf({}, recording) }, { rsaBits: 2048 })[0]?.outcome;
    expect(await judge(denied)).toBe('undetermined');
    expect(await judge({})).toBe('not-applicable');
  });
});

describe('private-key-readable', () => {
  const open = { '/home/op/.ssh': directory(0o755) };
  test.each<[string, string, Record<string, unknown>]>([
    ['pass', 'tight', { [key]: node(0o600, 1000, 1000) }],
    ['pass', 'open in a closed directory', { [key]: node(0o644, 1000, 1000) }],
    ['fail', 'open in an open directory', { [key]: node(0o644, 1000, 1000), ...open }],
    ['pass', 'open to the owner’s own group', { [key]: node(0o640, 1000, 1000), ...open }],
    ['fail', 'open to another group', { [key]: node(0o640, 1000, 1001), ...open }],
  ])('%s: %s', async (outcome, _, recording) => {
    const files = await filesOf({ [key]: '<masked>' }, recording);
    expect(evaluate(privateKeyReadable, { files })[0]?.outcome).toBe(outcome);
  });

  test('undetermined and not-applicable', async () => {
    const denied = { '/home/op/.ssh': { list: { unknown: 'denied', detail: 'no' } } };
    expect(evaluate(privateKeyReadable, { files: await filesOf({}, denied) })[0]?.outcome).toBe(
      'undetermined',
    );
    expect(evaluate(privateKeyReadable, { files: await filesOf({}, {}) })[0]?.outcome).toBe('not-applicable');
  });
});
