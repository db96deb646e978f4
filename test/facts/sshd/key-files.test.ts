import { describe, expect, test } from '@jest/globals';
import { privateKeyReadable } from '../../../src/checks/access/private-key-readable.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { directory, file, keyFilesOf } from '../../harness/key-files.ts';

const ssh = '/home/op/.ssh';

describe('key files', () => {
  test('where sshd looks for keys is not known: the usual places are not all', async () => {
    const files = {
      '/usr/sbin/sshd': '',
      '/etc/ssh/sshd_config': 'Include z.conf\n',
    };
    const recording = { '/etc/ssh/z.conf': { read: { unknown: 'denied', detail: 'it may not be read' } } };
    const { unseen } = await keyFilesOf(files, recording);
    expect(unseen).toMatchObject([
      { sort: 'authorized', detail: expect.stringContaining('it may not be read') },
    ]);
  });

  test('more keys than are looked at are said to be there', async () => {
    const names = Array.from({ length: 70 }, (_, index) => `id_${String(index)}`);
    const recording = Object.fromEntries(names.map((name) => [`${ssh}/${name}`, file(0o600, 1000, 1000)]));
    const found = await keyFilesOf({}, { ...recording, [ssh]: { ...directory(0o700), list: names } });
    expect(found.privateKeys).toHaveLength(64);
    expect(found.unseen).toMatchObject([{ sort: 'private', path: ssh }]);
  });

  test('the group of user id 0 is not private to it once somebody is a member', async () => {
    const key = `${ssh}/id_rsa`;
    const open = { [key]: file(0o640, 1000, 0), [ssh]: directory(0o755) };
    const outcome = async (members: string) => {
      const files = await keyFilesOf({ [key]: '' }, open, `root:x:0:${members}\nop:x:1000:\n`);
      return evaluate(privateKeyReadable, { files })[0]?.outcome;
    };
    expect(await outcome('')).toBe('pass');
    expect(await outcome('me')).toBe('fail');
  });
});
