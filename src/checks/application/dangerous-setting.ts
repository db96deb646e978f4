/** A service runs with a setting that its catalogue entry, or the rule, calls dangerous. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import { aiServicesFact } from '../../facts/catalogue/ai-services-fact.ts';
import type { AiService } from '../../facts/catalogue/ai-services.ts';
import { Dangerous } from '../../facts/catalogue/catalogue.ts';
import { isCredential, repairedExecStart } from '../../facts/catalogue/exec-start.ts';
import type { SettingValue } from '../../facts/catalogue/settings.ts';
import { conditionOf, shownValue } from '../../facts/catalogue/settings.ts';
import { stopgapsFact } from '../../facts/exposure/stopgaps.ts';
import type { Place } from './place.words.ts';
import { inEveryPlace, placeData, placeOf } from './place.words.ts';
import { closedUntil } from './stopgap.words.ts';

const text = '{label} runs with {setting}: {why}.';
const messages = {
  ...inEveryPlace(text),
  /** Where another value puts it right; elsewhere leaving it out does. */
  unitSet: text,
  environmentFileSet: text,
  /** A credential, which wants another value or another place: taking it away would open the service. */
  secret: text,
};

const params = z.union([
  /** Every product's settings of this severity, from the catalogue. */
  z.strictObject({ severity: z.enum(['high', 'medium']) }),
  /** These settings of these products. */
  z.strictObject({ services: z.array(z.string()).min(1), settings: z.array(Dangerous).min(1) }),
]);

export const dangerousSetting = defineCheck({
  id: 'dangerous-setting',
  needs: { services: aiServicesFact },
  optional: { stopgaps: stopgapsFact },
  params,
  messages,
  evaluate: ({ services, stopgaps }, given) => {
    const verdicts = services.flatMap((service) => {
      const settings = settingsOf(service, given);
      const judged = settings.length === 0 ? [] : judge(service, settings);
      return judged.map((verdict) => closedUntil(verdict, service, stopgaps));
    });
    return verdicts.length > 0 ? verdicts : [notApplicable('no service with such settings was found')];
  },
});

function settingsOf({ service }: AiService, given: z.output<typeof params>): readonly Dangerous[] {
  if ('settings' in given) return given.services.includes(service.id) ? given.settings : [];
  if (service.confirmed === 'memory') return [];
  return service.dangerous.filter(({ severity }) => severity === given.severity);
}

/** One failure per setting; what was not seen is one doubt about the service. */
function judge(service: AiService, settings: readonly Dangerous[]): Verdict<typeof messages>[] {
  const judged = settings.map((dangerous) => ({ dangerous, value: conditionOf(service, dangerous) }));
  const failures = judged.filter(({ value }) => value.holds);
  const verdicts = failures.map(({ dangerous, value }) => failure(service, dangerous, value));
  const doubts = judged.flatMap(({ value }) => (value.state === 'unknown' ? [value.because] : []));
  if (doubts.length > 0) verdicts.push(undetermined(summary(service, doubts), service.label));
  return verdicts.length > 0
    ? verdicts
    : [pass(service.label, ...citations(judged.map(({ value }) => value)))];
}

function failure(service: AiService, dangerous: Dangerous, value: SettingValue): Verdict<typeof messages> {
  const { setting, why, safe } = dangerous;
  const execStart = repairedExecStart(service, [dangerous]);
  return {
    outcome: 'fail',
    message: messageOf(dangerous, placeOf(service, setting)),
    subject: `${service.label} ${setting.name}`,
    data: {
      ...placeData(service, setting.name),
      label: service.label,
      setting: describe(dangerous, value),
      name: setting.name,
      why,
      instead: safe === null ? `without ${setting.name}` : `with ${setting.name}=${safe}`,
      ...(safe === null ? {} : { safe }),
      ...(execStart === null ? {} : { execStart }),
    },
    evidence: [value.citation],
  };
}

function messageOf(dangerous: Dangerous, place: Place): keyof typeof messages {
  if (isCredential(dangerous)) return 'secret';
  return dangerous.safe !== null && (place === 'unit' || place === 'environmentFile') ? `${place}Set` : place;
}

function describe({ setting }: Dangerous, value: SettingValue): string {
  if (value.state === 'unknown' || value.value === null) return `no ${setting.name}`;
  const shown = shownValue(setting, value.value);
  if (shown === 'empty') return setting.kind === 'flag' ? setting.name : `an empty ${setting.name}`;
  return setting.kind === 'flag' ? `${setting.name} ${shown}` : `${setting.name}=${shown}`;
}

function summary(service: AiService, doubts: readonly string[]): string {
  const [first = '', ...more] = [...new Set(doubts)];
  const rest = more.length === 0 ? '' : `; the same holds for ${String(more.length)} further settings`;
  return `${service.label}: ${first}${rest}`;
}

/** The places that were looked at, each once. */
function citations(values: readonly SettingValue[]): SettingValue['citation'][] {
  return [
    ...new Map(values.map(({ citation }) => [citation.source, { ...citation, excerpt: null }])).values(),
  ];
}
