/** A jail lets through more tries, or bans for a shorter time, than stops a guesser. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import { fail2banFact, standstill } from '../../facts/fail2ban/fail2ban.ts';
import type { Jail } from '../../facts/fail2ban/jail.ts';
import { inForce } from '../../facts/fail2ban/jail.ts';

const Params = z.strictObject({
  /** Most failures before a ban. */
  maxRetry: z.int().positive(),
  /** Seconds; shorter bans pass where they grow with each repetition. */
  minBanTime: z.int().positive(),
  /** Seconds within which failures count together. */
  minFindTime: z.int().positive(),
});

const messages = {
  lenient: 'Jail `{jail}` is lenient: {faults}. A patient guesser gets through it.',
};

export const jailLimits = defineCheck({
  id: 'jail-limits',
  needs: { fail2ban: fail2banFact },
  params: Params,
  messages,
  evaluate: ({ fail2ban }, limits) => {
    const still = standstill(fail2ban);
    if (fail2ban === null || still !== null) return [notApplicable(still ?? 'fail2ban is not installed')];
    const jails = fail2ban.jails.filter(inForce);
    return jails.length === 0 ? [notApplicable('no jail is on')] : jails.map((jail) => judge(jail, limits));
  },
});

function judge(jail: Jail, limits: z.output<typeof Params>): Verdict<typeof messages> {
  const { name, maxRetry, banTime, findTime } = jail;
  const subject = `jail ${name}`;
  if (maxRetry.value === null || banTime.value === null || findTime.value === null) {
    return undetermined(
      `a limit of jail ${name} is not a number; see fail2ban-client get ${name} bantime`,
      subject,
    );
  }
  const briefBan = banTime.value >= 0 && banTime.value < limits.minBanTime && !jail.increment;
  const judged = [
    {
      bad: maxRetry.value > limits.maxRetry,
      fault: `${String(maxRetry.value)} tries before a ban`,
      by: maxRetry,
    },
    { bad: briefBan, fault: `bans of ${String(banTime.value)} s that do not grow`, by: banTime },
    {
      bad: findTime.value < limits.minFindTime,
      fault: `failures forgotten after ${String(findTime.value)} s`,
      by: findTime,
    },
  ];
  const faults = judged.filter(({ bad }) => bad);
  if (faults.length === 0) return pass(subject, ...judged.map(({ by }) => by.citation));
  const data = {
    jail: name,
    faults: faults.map(({ fault }) => fault).join(', '),
    // What is strict enough stays as it is.
    maxretry: Math.min(maxRetry.value, limits.maxRetry),
    bantime: briefBan ? 3600 : banTime.value,
    findtime: Math.max(findTime.value, limits.minFindTime),
  };
  return {
    outcome: 'fail',
    message: 'lenient',
    subject,
    data,
    evidence: faults.map(({ by }) => by.citation),
  };
}
