import type { Evidence } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';

/** A line of /etc/passwd; see passwd(5). */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
}

/** Local accounts only: a directory service may know more. */
export interface Accounts {
  readonly users: readonly Account[];
  readonly groups: readonly {
    readonly name: string;
    readonly gid: number;
    readonly members: readonly string[];
  }[];
  /** Why the lists may be empty or short; `null` when both files were read. */
  readonly incomplete: string | null;
}

export async function readAccounts(host: Host): Promise<Accounts> {
  const [passwd, group] = await Promise.all([host.read('/etc/passwd'), host.read('/etc/group')]);
  return {
    users: records(passwd).flatMap(([name = '', , uid = '', gid = '', , home = '', shell = '']) =>
      name === '' || !/^\d+$/.test(uid) ? [] : [{ name, uid: Number(uid), gid: Number(gid), home, shell }],
    ),
    groups: records(group).flatMap(([name = '', , gid = '', members = '']) =>
      /^\d+$/.test(gid) ? [{ name, gid: Number(gid), members: members.split(',').filter(Boolean) }] : [],
    ),
    incomplete: passwd.state === 'unknown' ? passwd.detail : group.state === 'unknown' ? group.detail : null,
  };
}

/** Names of the groups that a user is in, the primary one first. */
export function groupsOf({ users, groups }: Accounts, user: string): readonly string[] {
  const primary = users.find(({ name }) => name === user)?.gid;
  if (primary === undefined) return [];
  const own = groups.filter(({ gid }) => gid === primary).map(({ name }) => name);
  return [...own, ...groups.filter(({ members }) => members.includes(user)).map(({ name }) => name)];
}

function records(evidence: Evidence<string | null>): string[][] {
  const text = evidence.state === 'known' ? (evidence.value ?? '') : '';
  return text.split('\n').map((line) => line.split(':'));
}
