/** A product runs without the credential that it could ask for. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import { aiServicesFact } from '../../facts/catalogue/ai-services-fact.ts';
import type { AiService } from '../../facts/catalogue/ai-services.ts';
import { authenticationOf } from '../../facts/catalogue/authentication.ts';
import { repairedExecStart } from '../../facts/catalogue/exec-start.ts';
import { reachOf } from '../../facts/catalogue/reach.ts';
import { stopgapsFact } from '../../facts/exposure/stopgaps.ts';
import { inEveryPlace, placeData, placeOf } from './place.words.ts';
import { closedUntil } from './stopgap.words.ts';

const messages = inEveryPlace('{label} {open} and {reach}: {impact} for whoever connects.');

export const authenticationMissing = defineCheck({
  id: 'authentication-missing',
  needs: { services: aiServicesFact },
  optional: { stopgaps: stopgapsFact },
  params: z.strictObject({
    /** Catalogue ids that are judged. */
    services: z.array(z.string()).min(1),
    /** Whether a service that only this machine can reach may do without. */
    loopbackPasses: z.boolean(),
    /** The variable that takes the credential; fixes set it. */
    variable: z.string().optional(),
  }),
  messages,
  evaluate: ({ services, stopgaps }, params) => {
    const found = services.filter(({ service }) => params.services.includes(service.id));
    if (found.length === 0) return [notApplicable(`none of these was found: ${params.services.join(', ')}`)];
    return found.map((service) =>
      closedUntil(judge(service, params.loopbackPasses, params.variable ?? ''), service, stopgaps),
    );
  },
});

function judge(service: AiService, loopbackPasses: boolean, variable: string): Verdict<typeof messages> {
  const subject = service.label;
  const { state, because: open, evidence } = authenticationOf(service);
  if (state === 'proved' || state === 'partial') return pass(subject, ...evidence);
  const reach = reachOf(service);
  if (loopbackPasses && reach.state === 'loopback') return pass(subject, ...reach.evidence);
  if (state === 'unknown') return { ...undetermined(`${subject}: ${open}`, subject), evidence };
  if (loopbackPasses && reach.state === 'unknown') {
    const because = `${subject} ${open}; who can reach it is not known: ${reach.because}`;
    return { ...undetermined(because, subject), evidence };
  }
  const execStart = repairedExecStart(service);
  const data = {
    ...placeData(service, variable),
    ...(execStart === null ? {} : { execStart }),
    label: subject,
    open,
    reach: reach.state === 'unknown' ? 'may be reached' : reach.because,
    impact: service.service.impact.slice(0, 3).join(', '),
  };
  const message = placeOf(service, { kind: variable === '' ? 'flag' : 'env', name: variable });
  return { outcome: 'fail', message, subject, data, evidence: [...evidence, ...reach.evidence] };
}
