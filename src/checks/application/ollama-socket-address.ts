/** OLLAMA_HOST names a unix socket, which Ollama does not listen on. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, pass, undetermined } from '../../engine/check.ts';
import { aiServicesFact } from '../../facts/catalogue/ai-services-fact.ts';
import type { AiService } from '../../facts/catalogue/ai-services.ts';
import { stopgapsFact } from '../../facts/exposure/stopgaps.ts';
import type { OllamaSetting } from './ollama.words.ts';
import { everyOllama, whereSet } from './ollama.words.ts';
import { inEveryPlace } from './place.words.ts';

const messages = inEveryPlace(
  '{label} gets OLLAMA_HOST={value}, but Ollama has no unix sockets: it {instead}, and file permissions guard nothing.',
);

export const ollamaSocketAddress = defineCheck({
  id: 'ollama-socket-address',
  needs: { services: aiServicesFact },
  optional: { stopgaps: stopgapsFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ services, stopgaps }) => everyOllama(services, stopgaps, judge),
});

function judge(service: AiService, setting: OllamaSetting): Verdict<typeof messages> {
  if (setting.state === 'unknown') return undetermined(setting.because, service.label);
  const { value, citation, host, scope, listen, port } = setting;
  if (!isSocketAddress(value)) return pass(service.label, citation);
  const instead =
    scope === 'unknown'
      ? `takes ${host} for the name of a host and does not start unless that exists (${listen})`
      : `listens on ${listen} over TCP`;
  const { subject, message, data } = whereSet(service);
  return { outcome: 'fail', message, subject, data: { ...data, value, instead, port }, evidence: [citation] };
}

/** `unix://…`, `unix:…`, or a path. */
function isSocketAddress(value: string): boolean {
  return /^["'\s]*(?:unix:|\/|\.{1,2}\/)/i.test(value);
}
