/** SSH waits for logins from other machines and nothing bans who guesses. */
import * as z from 'zod';
import { defineCheck, notApplicable, pass, theHost, undetermined } from '../../engine/check.ts';
import { guardNames, guardsFact } from '../../facts/fail2ban/guards.ts';
import { sshDoorsFact } from '../../facts/ssh-doors.ts';

export const bruteForceGuard = defineCheck({
  id: 'brute-force-guard',
  needs: { guards: guardsFact },
  optional: { doors: sshDoorsFact },
  params: z.strictObject({}),
  messages: {
    missing:
      'SSH answers other machines on port {ports}, and none of {guards} is installed: passwords can be guessed without end.',
  },
  evaluate: ({ guards, doors }) => {
    const installed = guards.find((guard) => guard.installed);
    if (installed !== undefined) return [pass(installed.name, installed.citation)];
    if (doors.state === 'unknown')
      return [undetermined(`no brute-force protection is installed; ${doors.detail}`)];
    const open = doors.value.filter(({ address }) => !address.startsWith('127.') && address !== '::1');
    if (open.length === 0) return [notApplicable('no SSH daemon listens beyond loopback')];
    const ports = [...new Set(open.map(({ port }) => port))].join(', ');
    const evidence = [{ source: doors.source, line: null, excerpt: `SSH on port ${ports}` }];
    const data = { ports, guards: guardNames.join(', ') };
    return [{ outcome: 'fail', message: 'missing', subject: theHost, data, evidence }];
  },
});
