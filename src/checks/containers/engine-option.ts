/** A setting of the Docker Engine is weaker than it could be, its default included. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import type { EngineConfiguration } from '../../facts/workloads/engine-configurations.ts';
import { engineConfigurationsFact } from '../../facts/workloads/engine-configurations.ts';
import { engineSetting } from '../../facts/workloads/engine-setting.ts';
import { engineData, engineMessage, inEveryEnginePlace } from './engine.words.ts';

const messages = inEveryEnginePlace('{option} is {value} for {subject}: {meaning}.');

const Params = z.strictObject({
  /** As in daemon.json. */
  option: z.string(),
  /** What holds where nothing is written; the same in every engine since 20.10. */
  default: z.boolean().or(z.string()),
  /** The value that passes, or anything that is `set`. */
  accept: z.boolean().or(z.literal('set')),
  /** What another value means, as a clause. */
  meaning: z.string().min(1),
  /** First major version of the engine in which the other value does no harm: older ones are left alone. */
  since: z.int().optional(),
  /** Where the setting has no use: it does not apply there. */
  unless: z.enum(['swarm', 'rootless']).optional(),
});

const without = {
  swarm: 'a node of a swarm cannot have it',
  rootless: 'a rootless engine maps every user already',
} as const;

export const engineOption = defineCheck({
  id: 'engine-option',
  needs: { engines: engineConfigurationsFact },
  params: Params,
  messages,
  evaluate: ({ engines }, params) =>
    engines.length === 0
      ? [notApplicable('there is no Docker Engine')]
      : engines.map((configuration) => judge(configuration, params)),
});

function judge(
  configuration: EngineConfiguration,
  { option, default: byDefault, accept, meaning, unless, since }: z.output<typeof Params>,
): Verdict<typeof messages> {
  const { subject, engine } = configuration;
  const setting = engineSetting(configuration, option);
  if (unless !== undefined && engine?.[unless] === true) {
    return { outcome: 'not-applicable', subject, because: without[unless] };
  }
  if (setting.state === 'unknown') return undetermined(setting.because, subject);
  const value = setting.state === 'set' ? setting.value : byDefault;
  const isMeant = accept === 'set' ? value !== '' && value !== false : value === accept;
  if (isMeant) return pass(subject, setting.citation);
  if (typeof value !== typeof byDefault) {
    return undetermined(`${option} is ${JSON.stringify(value)}, which the engine would not take`, subject);
  }
  if (unless !== undefined && engine !== null && engine[unless] === null) {
    return undetermined(
      `${option} is not set, and ${without[unless]}: whether it is one was not seen`,
      subject,
    );
  }
  const major = Number.parseInt(engine?.version ?? '', 10);
  if (since !== undefined && engine !== null && !(major >= since)) {
    if (Number.isNaN(major))
      return undetermined(
        `${option} is only to be changed from Engine ${String(since)} on, and the engine’s version was not seen`,
        subject,
      );
    const because = `before Engine ${String(since)} another ${option} does more harm than good`;
    return { outcome: 'not-applicable', subject, because };
  }
  const written = value === '' ? 'off' : String(value);
  const data = {
    ...engineData(configuration, setting),
    option,
    value: setting.state === 'default' ? `${written} (the default)` : written,
    meaning,
  };
  return {
    outcome: 'fail',
    message: engineMessage(configuration, setting),
    subject,
    data,
    evidence: [setting.citation],
  };
}
