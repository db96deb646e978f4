/** The program that should ban who guesses passwords is installed and does not run. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import type { Guard } from '../../facts/fail2ban/guards.ts';
import { guardsFact } from '../../facts/fail2ban/guards.ts';

const messages = {
  noLog:
    '`fail2ban` is not running: jail `{jail}` reads a log file that does not exist (without rsyslog, Debian 12 logs to the journal only). Nobody is banned.',
  failed: '`{guard}` is not running, though it starts at boot: {cause}. Nobody is banned.',
  disabled: '`{guard}` is installed, but neither runs nor starts at boot. Nobody is banned.',
};

export const bruteForceGuardDown = defineCheck({
  id: 'brute-force-guard-down',
  needs: { guards: guardsFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ guards }) => {
    const installed = guards.filter((guard) => guard.installed);
    if (installed.length === 0)
      return [notApplicable('neither fail2ban, sshguard nor crowdsec is installed')];
    const active = installed.find((guard) => guard.active === true);
    // One that runs is enough, whatever else was installed and left off.
    if (active !== undefined) return [pass(active.name, active.citation)];
    return installed.map(judge);
  },
});

function judge(guard: Guard): Verdict<typeof messages> {
  const { name, active, enabled, citation } = guard;
  if (active === null) {
    return undetermined(`whether ${name} runs cannot be seen here; a live audit as root shows it`, name);
  }
  const journal = { source: `journalctl -u ${name}`, line: null };
  if (enabled === false) {
    return {
      outcome: 'fail',
      message: 'disabled',
      subject: name,
      data: { guard: name },
      evidence: [citation],
    };
  }
  const noLog = guard.journal.findLast((line) => /have not found any log file for .* jail/i.test(line));
  const jail = /for (\S+) jail/.exec(noLog ?? '')?.[1];
  if (noLog !== undefined && jail !== undefined) {
    const evidence = [citation, { ...journal, excerpt: noLog }];
    return { outcome: 'fail', message: 'noLog', subject: name, data: { jail }, evidence };
  }
  const last = guard.journal.findLast((line) => /\b(?:error|critical|failed|exception)\b/i.test(line));
  const cause = last?.trim().slice(0, 200) ?? 'its journal names no cause, or only root may read it';
  const evidence = last === undefined ? [citation] : [citation, { ...journal, excerpt: last }];
  return { outcome: 'fail', message: 'failed', subject: name, data: { guard: name, cause }, evidence };
}
