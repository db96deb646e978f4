/** A catalogue service listens on every address, and only the firewall stands before it. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass } from '../../engine/check.ts';
import { aiServicesFact } from '../../facts/catalogue/ai-services-fact.ts';
import { Category } from '../../facts/catalogue/catalogue.ts';
import { serviceBehind } from '../../facts/catalogue/service-behind.ts';
import { citationsOf, socketOf } from '../../facts/exposure/cite.ts';
import { exposureFact } from '../../facts/exposure/exposure.ts';
import { closingOf, stopgapsFact } from '../../facts/exposure/stopgaps.ts';

const messages = {
  wildcard:
    '{service} listens on every address ({address}:{port}/{proto}): only the firewall stands before it.',
};

export const wildcardBind = defineCheck({
  id: 'wildcard-bind',
  needs: { exposures: exposureFact, services: aiServicesFact },
  optional: { stopgaps: stopgapsFact },
  params: z.strictObject({ categories: z.array(Category).min(1) }),
  messages,
  evaluate: ({ exposures, services, stopgaps }, { categories }) => {
    const verdicts = exposures.flatMap((exposure): Verdict<typeof messages>[] => {
      const service = serviceBehind(exposure, services);
      // A published container port is another rule's: its address is the engine's to choose.
      if (service === null || exposure.workload !== null) return [];
      if (!categories.includes(service.service.category)) return [];
      const { address, port, proto } = exposure;
      const subject = `${service.label} on ${socketOf(exposure)}`;
      const evidence = citationsOf(exposure);
      if (address !== '0.0.0.0' && address !== '::') return [pass(subject, ...evidence)];
      const data = {
        service: service.service.name,
        address,
        port,
        proto,
        remedy: service.service.remediation[0] ?? '',
      };
      return [
        {
          outcome: 'fail',
          message: 'wildcard',
          subject,
          data,
          evidence,
          stopgaps: closingOf(stopgaps, exposure),
        },
      ];
    });
    return verdicts.length > 0 ? verdicts : [notApplicable('no catalogue service listens here')];
  },
});
