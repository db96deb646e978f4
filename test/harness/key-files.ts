import { factReader } from '../../src/engine/fact.ts';
import type { KeyFiles } from '../../src/facts/sshd/key-files.ts';
import { keyFilesFact } from '../../src/facts/sshd/key-files.ts';
import { memoryHost } from './memory-host.ts';

const passwd =
  'root:x:0:0::/root:/bin/bash\nop:x:1000:1000::/home/op:/bin/bash\nme:x:1001:1001::/home/me:/bin/sh\n';

export const authorizedKeys = '/home/op/.ssh/authorized_keys';
export const privateKey = '/home/op/.ssh/id_rsa';
/** Where AuthorizedKeysFile of `keysElsewhere` looks for op's keys. */
export const elsewhere = '/etc/ssh/auth/op';

/** A recorded mode and owner. */
export function file(mode: number, uid: number, gid: number, type = 'file') {
  return { stat: { type, mode, uid, gid, size: 1, mtime: 1 } };
}

export function directory(mode: number, uid = 1000, gid = 1000) {
  return file(mode, uid, gid, 'directory');
}

/** A mode and owner that could not be seen. */
export const unseen = { stat: { unknown: 'denied', detail: 'it may not be seen' } };

/** The fact for a machine of root, op and me with these files; op's home is 755, and .ssh in it 700. */
export async function keyFilesOf(
  files: Readonly<Record<string, string>>,
  recording: Readonly<Record<string, unknown>>,
  group = 'op:x:1000:\n',
): Promise<KeyFiles> {
  const host = await memoryHost({
    files: { '/etc/passwd': passwd, '/etc/group': group, ...files },
    recording: { '/home/op': directory(0o755), '/home/op/.ssh': directory(0o700), ...recording },
  });
  const evidence = await factReader(host)(keyFilesFact);
  if (evidence.state === 'unknown') throw new Error(evidence.detail);
  return evidence.value;
}

/** The fact for a machine whose sshd looks for keys outside of homes, where nothing could be seen. */
export function keysElsewhere(): Promise<KeyFiles> {
  return keyFilesOf(
    { '/usr/sbin/sshd': '', '/etc/ssh/sshd_config': 'AuthorizedKeysFile /etc/ssh/auth/%u\n' },
    { [elsewhere]: unseen },
  );
}
