/** SSH answers every address of the internet rather than a LAN, a VPN or an allow-list. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import { citationsOf, doubtOf, socketOf, sourcesOf } from '../../facts/exposure/cite.ts';
import { exposureFact } from '../../facts/exposure/exposure.ts';

const messages = {
  everyone: 'SSH answers {from} on {port}/tcp.',
};

export const sshExposed = defineCheck({
  id: 'ssh-exposed',
  needs: { exposures: exposureFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ exposures }) => {
    const doors = exposures.filter(({ process, port, proto }) => isSsh(process, port) && proto === 'tcp');
    if (doors.length === 0) return [notApplicable('no SSH daemon listens')];
    return doors.map((exposure): Verdict<typeof messages> => {
      const subject = `sshd on ${socketOf(exposure)}`;
      const evidence = citationsOf(exposure);
      if (exposure.scope === 'unknown') return { ...undetermined(doubtOf(exposure), subject), evidence };
      const sources = exposure.reachableFrom.flatMap((each) => each.sources);
      // With exceptions it is still everybody else; an allow-list names prefixes instead.
      const everyone = sources.some((source) => source.startsWith('0.0.0.0/0') || source.startsWith('::/0'));
      if (!everyone) return pass(subject, ...evidence);
      const lan = sources.find((source) => !/\/0\b/.test(source) && !source.startsWith('fe80:'));
      const data = { from: sourcesOf(exposure), port: exposure.port, lan: lan ?? 'YOUR-NETWORK' };
      return { outcome: 'fail', message: 'everyone', subject, data, evidence };
    });
  },
});

/** sshd itself, or systemd holding its socket for it; with no owner to be seen, its own port. */
function isSsh(process: string | null, port: number): boolean {
  return process === 'sshd' || (port === 22 && (process === 'systemd' || process === null));
}
