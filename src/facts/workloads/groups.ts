import { defineFact } from '../../engine/fact.ts';
import { mapEvidence } from '../../host/evidence.ts';

/** Names of the groups in /etc/group by their number; see group(5). What NSS adds is not among them. */
export const groupsFact = defineFact<ReadonlyMap<number, string>>({
  id: 'groups',
  gather: async (host) => mapEvidence(await host.read('/etc/group'), (text) => parseGroups(text ?? '')),
});

/** Of two lines with one number the first counts, as for getgrgid(3). */
export function parseGroups(text: string): ReadonlyMap<number, string> {
  const groups = new Map<number, string>();
  for (const line of text.split('\n')) {
    const [name = '', , id = ''] = line.split(':');
    if (name !== '' && /^\d{1,10}$/.test(id) && !groups.has(Number(id))) groups.set(Number(id), name);
  }
  return groups;
}
