/** Strangers can make an account. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import { aiServicesFact } from '../../facts/catalogue/ai-services-fact.ts';
import type { AiService } from '../../facts/catalogue/ai-services.ts';
import { Condition } from '../../facts/catalogue/catalogue.ts';
import { reachOf } from '../../facts/catalogue/reach.ts';
import { conditionOf } from '../../facts/catalogue/settings.ts';
import { stopgapsFact } from '../../facts/exposure/stopgaps.ts';
import { inEveryPlace, placeData, placeOf } from './place.words.ts';
import { closedUntil } from './stopgap.words.ts';

const messages = inEveryPlace('{label} lets anyone sign up ({state}) and {reach}.');

const Product = z.strictObject({
  service: z.string(),
  /** Sign-up is closed where all of one group hold; the first group's first setting is the one to make. */
  closedBy: z.array(z.array(Condition).min(1)).min(1),
  /** The value of that setting that closes it. */
  closed: z.string(),
});

export const signUpOpen = defineCheck({
  id: 'sign-up-open',
  needs: { services: aiServicesFact },
  optional: { stopgaps: stopgapsFact },
  params: z.strictObject({ products: z.array(Product).min(1) }),
  messages,
  evaluate: ({ services, stopgaps }, { products }) => {
    const verdicts = services.flatMap((service) => {
      const product = products.find((each) => each.service === service.service.id);
      return product === undefined ? [] : [closedUntil(judge(service, product), service, stopgaps)];
    });
    return verdicts.length > 0 ? verdicts : [notApplicable('no service with a sign-up page was found')];
  },
});

function judge(service: AiService, { closedBy, closed }: z.output<typeof Product>): Verdict<typeof messages> {
  const subject = service.label;
  const groups = closedBy.map((group) => group.map((condition) => conditionOf(service, condition)));
  const shut = groups.find((group) => group.every(({ holds }) => holds));
  if (shut !== undefined) return pass(subject, ...shut.map(({ citation }) => citation));
  const reach = reachOf(service);
  if (reach.state === 'loopback') return pass(subject, ...reach.evidence);
  const doubt = groups.flat().find(({ state }) => state === 'unknown');
  if (doubt?.state === 'unknown') return undetermined(`${subject}: ${doubt.because}`, subject);
  if (reach.state === 'unknown') {
    return undetermined(
      `${subject} lets anyone sign up; who can reach it is not known: ${reach.because}`,
      subject,
    );
  }
  const [setting, value] = [closedBy[0]?.[0]?.setting, groups[0]?.[0]];
  if (setting === undefined || value?.state !== 'known')
    return undetermined('its settings were not seen', subject);
  const state = value.value === null ? `${setting.name} is not set` : `${setting.name}=${value.value}`;
  return {
    outcome: 'fail',
    message: placeOf(service, setting),
    subject,
    data: {
      ...placeData(service, setting.name),
      label: subject,
      state,
      reach: reach.because,
      name: setting.name,
      safe: closed,
    },
    evidence: [value.citation, ...reach.evidence],
  };
}
