import type { Undetermined } from '../../engine/check.ts';
import { undetermined } from '../../engine/check.ts';
import type { FileStat } from '../../host/host.ts';
import type { Account, Accounts } from '../../facts/sshd/accounts.ts';
import type { KeyFiles, KeySort } from '../../facts/sshd/key-files.ts';

/** Places where key files of one sort may lie that this audit could not look into. */
export function unseenOf({ unseen }: KeyFiles, sort: KeySort): readonly Undetermined[] {
  return unseen.filter((place) => place.sort === sort).map(({ path, detail }) => undetermined(detail, path));
}

/** Whether a group has nobody in it but its owner: then what the group may do, only the owner may. */
export function isPrivateGroup({ users, groups }: Accounts, gid: number, owner: Account): boolean {
  // Some distributions give accounts that nobody logs in with root's group.
  const others = gid !== 0 && users.some((user) => user.gid === gid && user.name !== owner.name);
  const members = groups.filter((group) => group.gid === gid).flatMap((group) => group.members);
  return !others && members.every((member) => member === owner.name || member === 'root');
}

export function octal({ mode }: FileStat): string {
  return mode.toString(8).padStart(4, '0');
}
