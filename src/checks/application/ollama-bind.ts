/** Ollama listens on an address that other machines can reach. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import { aiServicesFact } from '../../facts/catalogue/ai-services-fact.ts';
import type { AiService } from '../../facts/catalogue/ai-services.ts';
import type { Setting } from '../../facts/catalogue/catalogue.ts';
import { ollamaHost } from '../../facts/catalogue/ollama-host.ts';
import { scopeOf } from '../../facts/catalogue/bind-address.ts';
import { isolatedContainer, reachOf } from '../../facts/catalogue/reach.ts';
import type { SettingValue } from '../../facts/catalogue/settings.ts';
import { settingOf } from '../../facts/catalogue/settings.ts';
import { inEveryPlace, placeData, placeOf } from './place.words.ts';

const messages = inEveryPlace(
  '{label} {listens}: whoever reaches this machine there uses, changes and deletes its models without a password.',
);

export const ollamaBind = defineCheck({
  id: 'ollama-bind',
  needs: { services: aiServicesFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ services }) => {
    const found = services.filter(({ service }) => service.id === 'ollama');
    return found.length === 0 ? [notApplicable('no Ollama was found')] : found.map(judge);
  },
});

const host: Setting = { kind: 'env', name: 'OLLAMA_HOST', elsewhere: [] };

function judge(service: AiService): Verdict<typeof messages> {
  const subject = service.label;
  if (isolatedContainer(service)) {
    const reach = reachOf(service);
    if ((service.workload?.openNetworks ?? []).length > 0 && reach.state === 'unknown') {
      return undetermined(`${subject}: ${reach.because}`, subject);
    }
    const because = 'it listens inside its container; what is published decides who reaches it';
    return { outcome: 'not-applicable', subject, because };
  }
  const value = settingOf(service, host);
  const configured = configuredScope(value);
  const seen = reachOf(service);
  if (configured.state === 'beyond')
    return failure(service, configured.listens, configured.port, [value.citation]);
  if (seen.state === 'beyond') return failure(service, seen.because, configured.port, seen.evidence);
  if (configured.state === 'loopback') return pass(subject, value.citation);
  return seen.state === 'loopback'
    ? pass(subject, ...seen.evidence)
    : undetermined(configured.listens, subject);
}

/** Where OLLAMA_HOST makes it listen; without a value its default, 127.0.0.1:11434. */
function configuredScope(value: SettingValue): {
  state: ReturnType<typeof scopeOf>;
  listens: string;
  port: string;
} {
  if (value.state === 'unknown') return { state: 'unknown', listens: value.because, port: '11434' };
  const { host: name, port, listen } = ollamaHost(value.value ?? '');
  const state = scopeOf(name);
  if (state === 'unknown')
    return { state, listens: `OLLAMA_HOST is the name ${name}, and what it stands for was not seen`, port };
  const where = name === '' ? 'every address' : name;
  return {
    state,
    listens: `gets OLLAMA_HOST=${value.value ?? ''} and listens on ${where}, port ${port} (${listen})`,
    port,
  };
}

function failure(
  service: AiService,
  listens: string,
  port: string,
  evidence: readonly { source: string; line: number | null; excerpt: string | null }[],
): Verdict<typeof messages> {
  const data = { ...placeData(service, host.name), label: service.label, listens, port };
  return { outcome: 'fail', message: placeOf(service, host), subject: service.label, data, evidence };
}
