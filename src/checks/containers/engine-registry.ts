/** The Docker Engine pulls from registries whose certificates it does not check, or without TLS. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import type { EngineConfiguration } from '../../facts/workloads/engine-configurations.ts';
import { engineConfigurationsFact } from '../../facts/workloads/engine-configurations.ts';
import { engineSetting } from '../../facts/workloads/engine-setting.ts';
import { engineData, engineMessage, inEveryEnginePlace } from './engine.words.ts';

const messages = inEveryEnginePlace(
  'For {subject}, {registries} needs no valid certificate and may speak plain HTTP: whoever is on the way to it decides what runs here.',
);

export const engineRegistry = defineCheck({
  id: 'engine-registry',
  needs: { engines: engineConfigurationsFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ engines }) =>
    engines.length === 0 ? [notApplicable('there is no Docker Engine')] : engines.map(judge),
});

function judge(configuration: EngineConfiguration): Verdict<typeof messages> {
  const { subject } = configuration;
  const setting = engineSetting(configuration, 'insecure-registries');
  if (setting.state === 'unknown') return undetermined(setting.because, subject);
  if (setting.state === 'default') return pass(subject, setting.citation);
  const listed = z.array(z.string()).safeParse(setting.value);
  if (!listed.success) {
    return undetermined('insecure-registries is no list of names, which the engine would not take', subject);
  }
  const beyond = listed.data.filter((registry) => !isLoopback(registry));
  if (beyond.length === 0) return pass(subject, setting.citation);
  const data = { ...engineData(configuration, setting), registries: beyond.join(', ') };
  const message = engineMessage(configuration, setting);
  return { outcome: 'fail', message, subject, data, evidence: [setting.citation] };
}

/** 127.0.0.0/8 and ::1/128 are the engine's own defaults: nobody stands between this host and itself. */
function isLoopback(registry: string): boolean {
  return /^(?:127(?:\.\d{1,3}){3}(?:\/(?:[89]|[12]\d|3[0-2]))?|localhost|\[?::1\]?(?:\/128)?)(?::\d+)?$/i.test(
    registry,
  );
}
