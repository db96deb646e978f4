/** What the checks of OLLAMA_HOST share: whom they judge, and the variable as Ollama reads it. */
import type { Citation, Messages, Verdict } from '../../engine/check.ts';
import { notApplicable } from '../../engine/check.ts';
import type { AiService } from '../../facts/catalogue/ai-services.ts';
import { scopeOf } from '../../facts/catalogue/bind-address.ts';
import type { Setting } from '../../facts/catalogue/catalogue.ts';
import type { OllamaHost } from '../../facts/catalogue/ollama-host.ts';
import { ollamaHost } from '../../facts/catalogue/ollama-host.ts';
import { settingOf } from '../../facts/catalogue/settings.ts';
import type { Stopgaps } from '../../facts/exposure/stopgaps.ts';
import type { Evidence } from '../../host/evidence.ts';
import type { Place } from './place.words.ts';
import { placeData, placeOf } from './place.words.ts';
import { closedUntil } from './stopgap.words.ts';

const setting: Setting = { kind: 'env', name: 'OLLAMA_HOST', elsewhere: [] };

/** What OLLAMA_HOST makes it do; without a value its default, 127.0.0.1:11434. */
export type OllamaSetting =
  | (OllamaHost & {
      readonly state: 'known';
      /** As written; empty where it is not. */
      readonly value: string;
      /** `unknown`: a name, and what it stands for was not seen. */
      readonly scope: ReturnType<typeof scopeOf>;
      readonly citation: Citation;
    })
  | { readonly state: 'unknown'; readonly because: string };

/** One verdict for each Ollama. */
export function everyOllama<M extends Messages>(
  services: readonly AiService[],
  stopgaps: Evidence<Stopgaps>,
  judge: (service: AiService, setting: OllamaSetting) => Verdict<M>,
): Verdict<M>[] {
  const found = services.filter(({ service }) => service.id === 'ollama');
  if (found.length === 0) return [notApplicable('no Ollama was found')];
  return found.map((service) => closedUntil(judge(service, ollamaSetting(service)), service, stopgaps));
}

/** What a failure says of the place that the variable is set in: each has a fix of its own. */
export function whereSet(service: AiService): {
  subject: string;
  message: Place;
  data: Readonly<Record<string, string>> & { label: string };
} {
  const { label } = service;
  return {
    subject: label,
    message: placeOf(service, setting),
    data: { ...placeData(service, setting.name), label },
  };
}

function ollamaSetting(service: AiService): OllamaSetting {
  const written = settingOf(service, setting);
  if (written.state === 'unknown') return { state: 'unknown', because: written.because };
  const value = written.value ?? '';
  const read = ollamaHost(value);
  return { ...read, state: 'known', value, scope: scopeOf(read.host), citation: written.citation };
}
