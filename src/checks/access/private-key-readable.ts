/** Somebody else can read a private key, and be whom it proves. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import type { Accounts } from '../../facts/sshd/accounts.ts';
import type { GuardedFile } from '../../facts/sshd/key-files.ts';
import { keyFilesFact } from '../../facts/sshd/key-files.ts';
import { isPrivateGroup, octal, unseenOf } from './key-files.words.ts';

const messages = {
  readable: 'The private key {path} (mode {mode}) can be read by {who}.',
  owned: 'The private key {path} of {owner} belongs to user id {uid}, who can read it.',
};

/** Red Hat's ssh-keysign reads host keys as this group. */
const keyGroup = 'ssh_keys';

export const privateKeyReadable = defineCheck({
  id: 'private-key-readable',
  needs: { files: keyFilesFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ files }): readonly Verdict<typeof messages>[] => {
    const verdicts = [
      ...files.privateKeys.map((file) => judge(file, files.accounts)),
      ...unseenOf(files, 'private'),
    ];
    return verdicts.length > 0 ? verdicts : [notApplicable('no private SSH key lies where they are kept')];
  },
});

function judge(file: GuardedFile, accounts: Accounts): Verdict<typeof messages> {
  const { path, owner, stat } = file;
  const evidence = [{ source: path, line: null, excerpt: `mode ${octal(stat)}` }];
  const group = accounts.groups.find(({ gid }) => gid === stat.gid)?.name ?? String(stat.gid);
  const byGroup =
    (stat.mode & 0o040) !== 0 && group !== keyGroup && !isPrivateGroup(accounts, stat.gid, owner);
  const byAll = (stat.mode & 0o004) !== 0;
  const byOwner = stat.uid !== 0 && stat.uid !== owner.uid;
  if (!byAll && !byGroup && !byOwner) return pass(path, ...evidence);
  const closed = file.parents.find(
    ({ stat: parent }) =>
      parent.state === 'known' && parent.value !== null && (parent.value.mode & 0o011) === 0,
  );
  if (closed !== undefined)
    return pass(path, ...evidence, { source: closed.path, line: null, excerpt: 'closed to others' });
  if (file.parents.some(({ stat: parent }) => parent.state === 'unknown')) {
    return undetermined(
      `${path} is open to others, and whether its directory is could not be seen; run as root`,
      path,
    );
  }
  if (byOwner) {
    const data = { path, owner: owner.name, uid: stat.uid };
    return { outcome: 'fail', message: 'owned', subject: path, data, evidence };
  }
  const who = byAll ? 'every account' : `group ${group}`;
  const data = { path, mode: octal(stat), who, owner: owner.name };
  return { outcome: 'fail', message: 'readable', subject: path, data, evidence };
}
