/** A published container port answers sources that the host firewall would refuse. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import { citationsOf, doubtOf, socketOf, sourcesOf } from '../../facts/exposure/cite.ts';
import { exposureFact } from '../../facts/exposure/exposure.ts';
import { closingOf, stopgapsFact } from '../../facts/exposure/stopgaps.ts';
import { isLoopback } from '../../facts/exposure/socket-address.ts';

const messages = {
  bypassed:
    'Container {workload} answers {from} on {port}/{proto}, which the host firewall would refuse: the engine forwards the port before the firewall sees it.',
};

export const publishBypassesFirewall = defineCheck({
  id: 'publish-bypasses-firewall',
  needs: { exposures: exposureFact },
  optional: { stopgaps: stopgapsFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ exposures, stopgaps }) => {
    // One on loopback that is reached all the same has a rule of its own.
    const published = exposures.filter(
      ({ kind, scope, address }) => kind === 'published' && scope !== 'loopback' && !isLoopback(address),
    );
    if (published.length === 0) return [notApplicable('no container port is published beyond loopback')];
    return published.map((exposure): Verdict<typeof messages> => {
      const { workload, scope, port, proto, firewallSays } = exposure;
      const subject = `container ${workload ?? ''} on ${socketOf(exposure)}`;
      const evidence = citationsOf(exposure);
      if (scope === 'unknown' || firewallSays === 'unknown') {
        return { ...undetermined(doubtOf(exposure), subject), evidence };
      }
      const far = scope === 'lan' || scope === 'vpn' || scope === 'any';
      if (!far || firewallSays !== 'refuses') return pass(subject, ...evidence);
      const data = { workload: workload ?? '', from: sourcesOf(exposure), port, proto };
      return {
        outcome: 'fail',
        message: 'bypassed',
        subject,
        data,
        evidence,
        stopgaps: closingOf(stopgaps, exposure),
      };
    });
  },
});
