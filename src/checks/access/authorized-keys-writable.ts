/** Somebody else can add a key to an account. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import type { Accounts } from '../../facts/sshd/accounts.ts';
import type { AuthorizedKeys } from '../../facts/sshd/key-files.ts';
import { keyFilesFact } from '../../facts/sshd/key-files.ts';
import type { FileStat } from '../../host/host.ts';
import { isPrivateGroup, octal, unseenOf } from './key-files.words.ts';

const messages = {
  writable:
    '{place} (mode {mode}) can be written by {who}: they can log in as {user} with a key of their own.',
  owned: '{place} belongs to user id {uid}, who can log in as {user} with a key of their own.',
};

export const authorizedKeysWritable = defineCheck({
  id: 'authorized-keys-writable',
  needs: { files: keyFilesFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ files }): readonly Verdict<typeof messages>[] => {
    const verdicts = [
      ...files.authorized.flatMap((file) => judge(file, files.accounts)),
      ...unseenOf(files, 'authorized'),
    ];
    return verdicts.length > 0 ? verdicts : [notApplicable('no account has authorized keys')];
  },
});

function judge(file: AuthorizedKeys, accounts: Accounts): readonly Verdict<typeof messages>[] {
  const places: { path: string; stat: FileStat }[] = [{ path: file.path, stat: file.stat }];
  let unsure: string | null = null;
  for (const { path, stat } of file.parents) {
    if (stat.state === 'unknown') unsure ??= stat.detail;
    else if (stat.value !== null) places.push({ path, stat: stat.value });
  }
  const failures = places.flatMap((place) => judgePlace(file, place, accounts));
  if (failures.length > 0) return failures;
  if (unsure !== null) return [undetermined(`${unsure}; run as root`, file.path)];
  return [pass(file.path, { source: file.path, line: null, excerpt: octal(file.stat) })];
}

function judgePlace(
  file: AuthorizedKeys,
  { path, stat }: { path: string; stat: FileStat },
  accounts: Accounts,
): readonly Verdict<typeof messages>[] {
  const { owner } = file;
  const evidence = [
    {
      source: path,
      line: null,
      excerpt: `mode ${octal(stat)}, owner ${String(stat.uid)}:${String(stat.gid)}`,
    },
  ];
  const common = { place: path, user: owner.name, owner: owner.name, home: owner.home };
  const subject = path === file.path ? path : `${file.path} in ${path}`;
  if (stat.uid !== 0 && stat.uid !== owner.uid) {
    return [{ outcome: 'fail', message: 'owned', subject, data: { ...common, uid: stat.uid }, evidence }];
  }
  // Where the sticky bit is set, others cannot replace what is not theirs.
  const everyone = (stat.mode & 0o002) !== 0 && (stat.mode & 0o1000) === 0;
  const group = (stat.mode & 0o020) !== 0 && !isPrivateGroup(accounts, stat.gid, owner);
  if (!everyone && !group) return [];
  const name = accounts.groups.find(({ gid }) => gid === stat.gid)?.name ?? String(stat.gid);
  const who = everyone ? 'every account' : `group ${name}`;
  return [
    { outcome: 'fail', message: 'writable', subject, data: { ...common, mode: octal(stat), who }, evidence },
  ];
}
