import { defineFact } from '../../engine/fact.ts';
import type { Evidence } from '../../host/evidence.ts';
import { known, unknown } from '../../host/evidence.ts';
import type { FileStat, Host } from '../../host/host.ts';
import type { Account, Accounts } from './accounts.ts';
import { readAccounts } from './accounts.ts';
import type { PublicKey } from './keys.ts';
import { parsePublicKeys } from './keys.ts';
import type { Sshd } from './server.ts';
import { sshdFact } from './sshd.ts';

/** A path and the directories above it that sshd's StrictModes looks at, innermost first. */
export interface GuardedFile {
  readonly path: string;
  /** Who logs in with it, or whose key it is. */
  readonly owner: Account;
  readonly stat: FileStat;
  readonly parents: readonly { readonly path: string; readonly stat: Evidence<FileStat | null> }[];
}

export interface AuthorizedKeys extends GuardedFile {
  readonly keys: Evidence<readonly PublicKey[]>;
}

/** Keys that let somebody in, or private halves. */
export type KeySort = 'authorized' | 'private';

/** A place where keys may lie that could not be looked into. */
interface UnseenPlace {
  readonly sort: KeySort;
  readonly path: string;
  readonly detail: string;
}

export interface KeyFiles {
  readonly accounts: Accounts;
  readonly authorized: readonly AuthorizedKeys[];
  /** Private halves: of the host and of users. */
  readonly privateKeys: readonly GuardedFile[];
  readonly unseen: readonly UnseenPlace[];
}

/** Takes down a place that could not be looked into. */
type Note = (path: string, detail: string) => void;

/** Private keys of one account that are looked at. */
const mostKeys = 64;

const root: Account = { name: 'root', uid: 0, gid: 0, home: '/root', shell: '' };

/** Keys that let somebody in, and keys that let somebody out, with the modes that guard them. */
export const keyFilesFact = defineFact<KeyFiles>({
  id: 'ssh-key-files',
  gather: async (host, read) => {
    const [accounts, sshd] = await Promise.all([readAccounts(host), read(sshdFact)]);
    if (accounts.incomplete !== null) return unknown('denied', accounts.incomplete, '/etc/passwd');
    const unseen: UnseenPlace[] = [];
    const note =
      (sort: KeySort): Note =>
      (path, detail) => {
        unseen.push({ sort, path, detail });
      };
    const privateAt = note('private');
    noteUnknownPlaces(sshd.state === 'known' ? sshd.value : null, note('authorized'));
    const patterns = authorizedPatterns(sshd.state === 'known' ? sshd.value : null);
    const authorized = await Promise.all(
      accounts.users.flatMap((user) =>
        [...new Set(patterns.map((pattern) => expandTokens(pattern, user)))].map((path) =>
          authorizedAt(host, path, user, note('authorized')),
        ),
      ),
    );
    const privateKeys = await Promise.all([
      ...hostKeyPaths(sshd.state === 'known' ? sshd.value : null).map((path) =>
        guarded(host, path, root, privateAt),
      ),
      ...accounts.users.map((user) => userKeys(host, user, privateAt)),
    ]);
    return known(
      {
        accounts,
        authorized: authorized.filter((file) => file !== null),
        privateKeys: privateKeys.flat().filter((file) => file !== null),
        unseen: unseen.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
      },
      'AuthorizedKeysFile',
    );
  },
});

/** Where AuthorizedKeysFile is not known, the usual places are looked at, and others may hold keys too. */
function noteUnknownPlaces(sshd: Sshd | null, note: Note): void {
  for (const { incomplete, scopes, tree } of sshd?.servers ?? []) {
    const open = scopes.some(({ options }) => !options.has('authorizedkeysfile'));
    if (open && incomplete !== null) note(tree.file, `AuthorizedKeysFile is not known: ${incomplete}`);
  }
}

/** AuthorizedKeysFile of every server and Match block. */
function authorizedPatterns(sshd: Sshd | null): readonly string[] {
  const lists = (sshd?.servers ?? []).flatMap(({ scopes }) =>
    scopes.map(({ options }) => options.get('authorizedkeysfile')?.values[0]),
  );
  const fallback = '.ssh/authorized_keys .ssh/authorized_keys2';
  const words = (lists.length === 0 ? [fallback] : lists.map((list) => list ?? fallback)).flatMap((list) =>
    list.split(/\s+/),
  );
  return [...new Set(words)].filter((word) => word !== '' && word !== 'none');
}

/** TOKENS of sshd_config(5); a relative path starts at the user's home. */
function expandTokens(pattern: string, { name, uid, home }: Account): string {
  const values: Readonly<Record<string, string>> = { '%%': '%', '%h': home, '%u': name, '%U': String(uid) };
  const path = pattern.replace(/%[%huU]/g, (token) => values[token] ?? token);
  return path.startsWith('/') ? path : `${home === '/' ? '' : home}/${path}`;
}

async function authorizedAt(
  host: Host,
  path: string,
  user: Account,
  note: Note,
): Promise<AuthorizedKeys | null> {
  const file = await guarded(host, path, user, note);
  if (file === null) return null;
  const text = await host.read(path);
  const keys = text.state === 'unknown' ? text : known(parsePublicKeys(text.value ?? ''), path);
  return { ...file, keys };
}

async function guarded(host: Host, path: string, owner: Account, note: Note): Promise<GuardedFile | null> {
  const stat = await host.stat(path);
  if (stat.state === 'unknown') {
    note(path, `${stat.detail}; run as root`);
    return null;
  }
  if (stat.value?.type !== 'file') return null;
  const parents = await Promise.all(
    parentsUpTo(path, owner.home).map(async (parent) => ({ path: parent, stat: await host.stat(parent) })),
  );
  return { path, owner, stat: stat.value, parents };
}

/** Directories from the file up to its owner's home, or to the root when it lies elsewhere. */
function parentsUpTo(path: string, home: string): string[] {
  const parents: string[] = [];
  for (let at = path.lastIndexOf('/'); at >= 0; at = path.lastIndexOf('/', at - 1)) {
    const parent = path.slice(0, at) || '/';
    parents.push(parent);
    if (parent === home || parent === '/') break;
  }
  return parents;
}

function hostKeyPaths(sshd: Sshd | null): readonly string[] {
  return [...new Set((sshd?.servers ?? []).flatMap(({ hostKeys }) => hostKeys.map(({ path }) => path)))];
}

/** Files in ~/.ssh that are named as private keys are, or lie beside their public half. */
async function userKeys(host: Host, user: Account, note: Note): Promise<readonly (GuardedFile | null)[]> {
  const directory = `${user.home === '/' ? '' : user.home}/.ssh`;
  const names = await host.list(directory);
  if (names.state === 'unknown') {
    note(directory, `${names.detail}; run as root`);
    return [];
  }
  const listed = names.value ?? [];
  const candidates = listed.filter(
    (name) => !name.endsWith('.pub') && (/^id_|\.(?:pem|key)$/.test(name) || listed.includes(`${name}.pub`)),
  );
  if (candidates.length > mostKeys) {
    note(directory, `${directory} holds more keys than the ${String(mostKeys)} that were looked at`);
  }
  return Promise.all(
    candidates.slice(0, mostKeys).map((name) => guarded(host, `${directory}/${name}`, user, note)),
  );
}
