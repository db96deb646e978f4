import type { FileStat } from '../../host/host.ts';
import type { Accounts } from '../sshd/accounts.ts';

/** Accounts beside root that can change a path. */
export interface Writers {
  readonly everyone: boolean;
  readonly uids: readonly number[];
  /** Groups whose members are not known. */
  readonly groups: readonly number[];
}

/** Number of an account by name or number; `null` when it is not among the local ones. */
export function uidOf({ users }: Accounts, user: string): number | null {
  return users.find(({ name }) => name === user)?.uid ?? (/^\d+$/.test(user) ? Number(user) : null);
}

export function userName({ users }: Accounts, uid: number): string {
  return users.find((user) => user.uid === uid)?.name ?? String(uid);
}

/**
 * Who can write to a file, or replace what is in a directory. An owner always can: the mode is theirs to
 * change. In a sticky directory nobody but an entry's owner can replace it; see unlink(2).
 */
export function writersOf(stat: FileStat, accounts: Accounts): Writers {
  const isGuarded = stat.type === 'directory' && (stat.mode & 0o1000) !== 0;
  const members = (stat.mode & 0o020) === 0 || isGuarded ? [] : membersOf(accounts, stat.gid);
  const uids = [stat.uid, ...(members ?? [])].filter((uid) => uid !== 0);
  return {
    everyone: (stat.mode & 0o002) !== 0 && !isGuarded,
    uids: [...new Set(uids)],
    groups: members === null ? [stat.gid] : [],
  };
}

/** Accounts in a group, those whose own it is included; `null` when that is not known. */
function membersOf({ users, groups, incomplete }: Accounts, gid: number): number[] | null {
  const group = groups.find((each) => each.gid === gid);
  if (incomplete !== null || (group === undefined && gid !== 0)) return null;
  const named = users.filter(({ name }) => group?.members.includes(name)).map(({ uid }) => uid);
  return [...named, ...users.filter((user) => user.gid === gid).map(({ uid }) => uid)];
}
