import { defineFact } from '../../engine/fact.ts';
import { known, unknown } from '../../host/evidence.ts';
import { readAccounts } from '../sshd/accounts.ts';

/** Names of the groups in /etc/group by their number; see group(5). What NSS adds is not among them. */
export const groupsFact = defineFact<ReadonlyMap<number, string>>({
  id: 'groups',
  gather: async (host) => {
    const { groups, incomplete } = await readAccounts(host);
    if (incomplete !== null) return unknown('denied', incomplete, '/etc/group');
    // Of two lines with one number the first counts, as for getgrgid(3).
    return known(new Map(groups.toReversed().map(({ gid, name }) => [gid, name])), '/etc/group');
  },
});
