/** A catalogue service can be reached from farther away than its kind should be. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import type { AiService } from '../../facts/catalogue/ai-services.ts';
import { aiServicesFact } from '../../facts/catalogue/ai-services-fact.ts';
import { authenticationOf } from '../../facts/catalogue/authentication.ts';
import { Category, ServiceSeverity } from '../../facts/catalogue/catalogue.ts';
import { serviceBehind } from '../../facts/catalogue/service-behind.ts';
import { citationsOf, doubtOf, socketOf, sourcesOf } from '../../facts/exposure/cite.ts';
import type { Exposure } from '../../facts/exposure/exposure.ts';
import type { Evidence } from '../../host/evidence.ts';
import { exposureFact } from '../../facts/exposure/exposure.ts';
import type { Stopgaps } from '../../facts/exposure/stopgaps.ts';
import { closingOf, stopgapsFact } from '../../facts/exposure/stopgaps.ts';

const messages = {
  published:
    '{service} ({port}/{proto}, container {workload}) answers {from}: the container engine publishes it, and the host firewall alone {firewall} it.',
  routed:
    '{service} ({port}/{proto}, container {workload}) answers {from} at its own address {address}: who routes there through this machine needs no published port.',
  listening: '{service} ({port}/{proto}, {process}) answers {from}: the host firewall {firewall} it.',
};

const messageOf = { socket: 'listening', published: 'published', container: 'routed' } as const;

/** How far the sources may be that a rule is about. */
const reaches = { internet: ['any'], lan: ['lan', 'vpn'] } as const;

const firewallWords: Readonly<Record<Exposure['firewallSays'], string>> = {
  admits: 'admits',
  refuses: 'would refuse',
  unknown: 'may or may not admit',
  'not-asked': 'does not see',
};

const Params = z.strictObject({
  categories: z.array(Category).min(1),
  from: z.enum(['internet', 'lan']),
  /** Only services that the catalogue rates so. */
  rated: z.array(ServiceSeverity).default(['critical', 'high', 'medium', 'low']),
  /** Whether a service that is proved to ask for a credential passes. */
  credentialHelps: z.boolean(),
});

export const serviceExposed = defineCheck({
  id: 'service-exposed',
  needs: { exposures: exposureFact, services: aiServicesFact },
  optional: { stopgaps: stopgapsFact },
  params: Params,
  messages,
  evaluate: ({ exposures, services, stopgaps }, params) => {
    const verdicts = exposures.flatMap((exposure) => {
      const service = serviceBehind(exposure, services);
      return service !== null && isMeant(service, params) ? [judge(exposure, service, params, stopgaps)] : [];
    });
    return verdicts.length > 0 ? verdicts : [notApplicable('no such service listens or is published here')];
  },
});

function isMeant({ service }: AiService, { categories, rated }: z.infer<typeof Params>): boolean {
  return categories.includes(service.category) && rated.includes(service.severity);
}

function judge(
  exposure: Exposure,
  service: AiService,
  { from, credentialHelps }: z.infer<typeof Params>,
  stopgaps: Evidence<Stopgaps>,
): Verdict<typeof messages> {
  const subject = `${service.label} on ${socketOf(exposure)}`;
  const evidence = citationsOf(exposure);
  if (exposure.scope === 'unknown') return { ...undetermined(doubtOf(exposure), subject), evidence };
  if (!reaches[from].some((scope) => scope === exposure.scope)) return pass(subject, ...evidence);
  const authentication = authenticationOf(service);
  if (credentialHelps && authentication.state === 'proved') return pass(subject, ...authentication.evidence);
  if (credentialHelps && authentication.state === 'unknown') {
    const because = `it answers ${sourcesOf(exposure)}, and may not ask for a credential: it ${authentication.because}`;
    return { ...undetermined(because, subject), evidence };
  }
  const { proto, port, address, workload, process } = exposure;
  const data = {
    service: service.service.name,
    port,
    proto,
    address,
    from: sourcesOf(exposure),
    firewall: firewallWords[exposure.firewallSays],
    workload: workload ?? '',
    process: process ?? 'a process that may not be seen',
    remedy: service.service.remediation[0] ?? '',
  };
  const message = messageOf[exposure.kind];
  return {
    outcome: 'fail',
    message,
    subject,
    data,
    evidence,
    stopgaps: closingOf(stopgaps, exposure),
  };
}
