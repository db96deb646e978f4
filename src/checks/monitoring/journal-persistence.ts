/** The log is gone after a reboot. */
import * as z from 'zod';
import { defineCheck, notApplicable, pass, theHost, undetermined } from '../../engine/check.ts';
import { journalFact } from '../../facts/logging/journal.ts';

export const journalPersistence = defineCheck({
  id: 'journal-persistence',
  needs: { journal: journalFact },
  params: z.strictObject({}),
  messages: {
    volatile:
      'journald keeps its log in memory only ({reason}) and nothing else stores it: after a reboot, or a break-in that ends in one, there is no trace.',
  },
  evaluate: ({ journal }) => {
    if (journal === null) return [notApplicable('there is no systemd-journald here')];
    const { storage, directory, others, shippers, citation } = journal;
    if (storage === 'persistent' || (storage === 'auto' && directory)) return [pass(theHost, citation)];
    // With Storage=none journald still passes messages on.
    const [keeper] = others ?? [];
    if (keeper !== undefined) return [pass(theHost, { source: 'processes', line: null, excerpt: keeper })];
    if (others === null)
      return [undetermined('whether another program stores the log cannot be seen; run as root')];
    const [shipper] = shippers;
    if (shipper !== undefined) {
      const because = `journald keeps its log in memory only; whether ${shipper} ships it elsewhere was not read`;
      return [undetermined(because)];
    }
    const reason = storage === 'auto' ? '/var/log/journal does not exist' : `Storage=${storage}`;
    return [
      { outcome: 'fail', message: 'volatile', subject: theHost, data: { reason }, evidence: [citation] },
    ];
  },
});
