import type { Risk } from '../engine/rule.ts';
import type * as z from 'zod';

/** What running a fix may cost. */
export const riskWords: Readonly<Record<z.infer<typeof Risk>, string>> = {
  none: 'none',
  restart: 'restart: a service restarts or stops for a moment',
  lockout: 'lockout: keep a second session open until you have logged in again',
  reboot: 'reboot: it takes effect at the next boot',
};

/** What a rule with stopgaps prints beside its fixes. */
export const stopgapWords =
  'Where the fix is made by hand and others reach the port, the finding also has commands that close it until then, chosen for the firewall of the machine, and how to undo them.';
