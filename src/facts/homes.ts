import type { Evidence } from '../host/evidence.ts';
import { known } from '../host/evidence.ts';
import type { Host } from '../host/host.ts';
import { readAccounts } from './sshd/accounts.ts';

/** Homes that nobody lives in, as Debian gives them to its own accounts; see base-passwd. */
const uninhabited = /^(?:\/|\/(?:root|nonexistent|bin|dev|proc)|\/usr\/s?bin|\/run(?:\/.*)?|\/var\/run\/.*)$/;

/**
 * Homes of everybody but root: what is in /home, and what /etc/passwd names elsewhere (a service's account may run
 * containers too). Unknown where /home may not be listed.
 */
export async function homesOf(host: Host): Promise<Evidence<readonly string[]>> {
  const [listed, { users }] = await Promise.all([host.list('/home'), readAccounts(host)]);
  if (listed.state === 'unknown') return listed;
  const named = users.map(({ home }) => home.replace(/\/+$/, '')).filter((home) => home.startsWith('/'));
  const inHome = (listed.value ?? []).map((name) => `/home/${name}`);
  const homes = [...inHome, ...named.filter((home) => !uninhabited.test(home))];
  return known([...new Set(homes)], '/home and /etc/passwd');
}
