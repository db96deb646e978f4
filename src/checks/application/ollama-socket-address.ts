/** OLLAMA_HOST names a unix socket, which Ollama does not listen on. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import { aiServicesFact } from '../../facts/catalogue/ai-services-fact.ts';
import type { AiService } from '../../facts/catalogue/ai-services.ts';
import type { Setting } from '../../facts/catalogue/catalogue.ts';
import { ollamaHost } from '../../facts/catalogue/ollama-host.ts';
import { scopeOf } from '../../facts/catalogue/bind-address.ts';
import { settingOf } from '../../facts/catalogue/settings.ts';
import { inEveryPlace, placeData, placeOf } from './place.words.ts';

const messages = inEveryPlace(
  '{label} gets OLLAMA_HOST={value}, but Ollama has no unix sockets: it {instead}, and file permissions guard nothing.',
);

export const ollamaSocketAddress = defineCheck({
  id: 'ollama-socket-address',
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
  const setting = settingOf(service, host);
  if (setting.state === 'unknown') return undetermined(setting.because, service.label);
  const value = setting.value ?? '';
  if (!isSocketAddress(value)) return pass(service.label, setting.citation);
  const data = { ...placeData(service, host.name), label: service.label, value, ...insteadOf(value) };
  const message = placeOf(service, host);
  return { outcome: 'fail', message, subject: service.label, data, evidence: [setting.citation] };
}

/** `unix://…`, `unix:…`, or a path. */
function isSocketAddress(value: string): boolean {
  return /^["'\s]*(?:unix:|\/|\.{1,2}\/)/i.test(value);
}

function insteadOf(value: string): { instead: string; port: string } {
  const { host: name, port, listen } = ollamaHost(value);
  const instead =
    scopeOf(name) === 'unknown'
      ? `takes ${name} for the name of a host and does not start unless that exists (${listen})`
      : `listens on ${listen} over TCP`;
  return { instead, port };
}
