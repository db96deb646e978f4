/** Ollama listens on an address that other machines can reach. */
import * as z from 'zod';
import type { Citation, Verdict } from '../../engine/check.ts';
import { defineCheck, pass, undetermined } from '../../engine/check.ts';
import { aiServicesFact } from '../../facts/catalogue/ai-services-fact.ts';
import type { AiService } from '../../facts/catalogue/ai-services.ts';
import { isolatedContainer, reachOf } from '../../facts/catalogue/reach.ts';
import { stopgapsFact } from '../../facts/exposure/stopgaps.ts';
import type { OllamaSetting } from './ollama.words.ts';
import { everyOllama, whereSet } from './ollama.words.ts';
import { inEveryPlace } from './place.words.ts';

const messages = inEveryPlace(
  '{label} {listens}: whoever reaches this machine there uses, changes and deletes its models without a password.',
);

export const ollamaBind = defineCheck({
  id: 'ollama-bind',
  needs: { services: aiServicesFact },
  optional: { stopgaps: stopgapsFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ services, stopgaps }) => everyOllama(services, stopgaps, judge),
});

function judge(service: AiService, setting: OllamaSetting): Verdict<typeof messages> {
  const subject = service.label;
  const seen = reachOf(service);
  if (isolatedContainer(service)) {
    if (seen.state === 'unknown') return undetermined(`${subject}: ${seen.because}`, subject);
    const because = 'it listens inside its container; what is published decides who reaches it';
    return { outcome: 'not-applicable', subject, because };
  }
  const port = setting.state === 'known' ? setting.port : '11434';
  if (setting.state === 'known' && setting.scope === 'beyond')
    return failure(service, listensBy(setting), port, [setting.citation]);
  if (seen.state === 'beyond') return failure(service, seen.because, port, seen.evidence);
  if (setting.state === 'known' && setting.scope === 'loopback') return pass(subject, setting.citation);
  if (seen.state === 'loopback') return pass(subject, ...seen.evidence);
  const doubt =
    setting.state === 'unknown'
      ? setting.because
      : `OLLAMA_HOST is the name ${setting.host}, and what it stands for was not seen`;
  return undetermined(doubt, subject);
}

function listensBy({ value, host, port, listen }: OllamaSetting & { state: 'known' }): string {
  const where = host === '' ? 'every address' : host;
  return `gets OLLAMA_HOST=${value} and listens on ${where}, port ${port} (${listen})`;
}

function failure(
  service: AiService,
  listens: string,
  port: string,
  evidence: readonly Citation[],
): Verdict<typeof messages> {
  const { subject, message, data } = whereSet(service);
  return { outcome: 'fail', message, subject, data: { ...data, listens, port }, evidence };
}
