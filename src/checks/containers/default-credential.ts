/** A service lets in whoever tries the password that everybody knows. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import { aiServicesFact } from '../../facts/catalogue/ai-services-fact.ts';
import type { AiService } from '../../facts/catalogue/ai-services.ts';
import type { ServiceCredential } from '../../facts/catalogue/credential.ts';
import { credentialOf } from '../../facts/catalogue/credential.ts';
import { reachOf } from '../../facts/catalogue/reach.ts';
import { exposuresOf } from '../../facts/catalogue/service-behind.ts';
import { doubtOf, socketOf } from '../../facts/exposure/cite.ts';
import type { Exposure } from '../../facts/exposure/exposure.ts';
import { exposureFact } from '../../facts/exposure/exposure.ts';
import type { Evidence } from '../../host/evidence.ts';

const text =
  '{label} {reach}, and lets {account} in with a password that everybody knows ({setting}){changed}: {impact} for whoever connects.';
const messages = { container: text, service: text };
type Judged = Verdict<typeof messages>;

export const defaultCredential = defineCheck({
  id: 'default-credential',
  needs: { services: aiServicesFact },
  optional: { exposures: exposureFact },
  params: z.strictObject({
    /** Which services the rule is about: those that other machines reach, or the rest. */
    reach: z.enum(['network', 'local']),
  }),
  messages,
  evaluate: ({ services, exposures }, { reach }) => {
    const verdicts = services.flatMap((service): Judged[] => {
      const credential = credentialOf(service);
      // A port guessed by its number proves nothing of a password.
      if (credential.state === 'none' || service.service.credentials.length === 0 || service.by === 'port')
        return [];
      return judge(service, credential, reachFrom(service, exposures, services), reach);
    });
    return verdicts.length > 0
      ? verdicts
      : [notApplicable('no service that is known to take a password was found')];
  },
});

interface Reached {
  /** `unknown` counts as local for the milder rule, and cannot be told for the other. */
  readonly state: 'network' | 'local' | 'unknown';
  readonly because: string;
}

function judge(
  service: AiService,
  credential: Exclude<ServiceCredential, { state: 'none' }>,
  reached: Reached,
  reach: 'network' | 'local',
): Judged[] {
  const subject = service.label;
  const { evidence } = credential;
  const isMeant = reach === 'network' ? reached.state === 'network' : reached.state !== 'network';
  if (credential.state === 'own') return isMeant ? [pass(subject, ...evidence)] : [];
  if (reach === 'network' && reached.state === 'unknown') {
    const because = `${subject} may take a password that everybody knows, and who can reach it is not known: ${reached.because}`;
    return [{ ...undetermined(because, subject), evidence }];
  }
  if (!isMeant) return [];
  if (credential.state === 'unknown') {
    return [{ ...undetermined(`${subject}: ${credential.because}`, subject), evidence }];
  }
  const { unset, initial } = credential.credential;
  if (initial && !credential.written) {
    const because = `${subject} starts with ${unset ?? 'a password that everybody knows'}, and whether somebody has changed it is kept where it is not read; try to log in with it`;
    return [{ ...undetermined(because, subject), evidence }];
  }
  return [failed(service, credential, reached)];
}

function failed(
  service: AiService,
  { credential, written, evidence }: Extract<ServiceCredential, { state: 'well-known' }>,
  { state, because }: Reached,
): Judged {
  const { workload, unit, service: product, label } = service;
  const { setting, account, initial, unset } = credential;
  const file = workload?.places.get('workload')?.file;
  const data = {
    label,
    account,
    setting: written ? setting.name : `${setting.name} is not set, and then it is ${unset ?? 'the default'}`,
    variable: setting.name,
    changed: initial ? ', unless somebody changed it in the product since' : '',
    reach: state === 'unknown' ? 'may be reached' : because,
    impact: product.impact[0] ?? 'all that it keeps',
    product: product.name,
    unit: unit?.name ?? `${product.id}.service`,
    ...(workload === null ? {} : { container: workload.name }),
    ...(file === undefined ? {} : { file }),
  };
  const isDescribed = workload?.source === 'compose' || workload?.source === 'kubernetes';
  const message = workload === null ? 'service' : 'container';
  const variant = isDescribed ? workload.source : undefined;
  return { outcome: 'fail', message, subject: label, data, evidence, variant };
}

/** By the kernel's own rules where they were read and it runs here, else by what is published or listened on. */
function reachFrom(
  service: AiService,
  exposures: Evidence<readonly Exposure[]>,
  services: readonly AiService[],
): Reached {
  const isHere = service.workload === null || ['docker', 'podman'].includes(service.workload.source);
  const own = isHere && exposures.state === 'known' ? exposuresOf(service, exposures.value, services) : [];
  const open = own.find(({ scope }) => scope !== 'loopback' && scope !== 'containers' && scope !== 'unknown');
  if (open !== undefined) return { state: 'network', because: `answers other machines on ${socketOf(open)}` };
  const doubt = own.find(({ scope }) => scope === 'unknown');
  if (doubt !== undefined) return { state: 'unknown', because: doubtOf(doubt) };
  if (own.length > 0) return { state: 'local', because: 'answers this machine and its containers' };
  const { state, because } = reachOf(service);
  return { state: state === 'beyond' ? 'network' : state === 'loopback' ? 'local' : 'unknown', because };
}
