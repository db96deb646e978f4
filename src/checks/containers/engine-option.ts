/** A setting of the Docker Engine is weaker than it could be, its default included. */
import * as z from 'zod';
import type { NotApplicable, Undetermined, Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import type { EngineConfiguration } from '../../facts/workloads/engine-configurations.ts';
import { engineConfigurationsFact } from '../../facts/workloads/engine-configurations.ts';
import { engineSetting } from '../../facts/workloads/engine-setting.ts';
import { engineData, engineMessage, inEveryEnginePlace } from './engine.words.ts';

const messages = inEveryEnginePlace('{option} is {value} for {subject}: {meaning}.');

const Without = z.enum(['swarm', 'rootless', 'no-bridge']);
type Without = z.infer<typeof Without>;

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
  unless: Without.optional(),
});

/** Why a setting has no use there, and whether that is so; `null` where it was not seen. */
const without: Readonly<
  Record<Without, { readonly because: string; holds(configuration: EngineConfiguration): boolean | null }>
> = {
  swarm: {
    because: 'a node of a swarm cannot have it',
    holds: ({ engine }) => (engine === null ? false : engine.swarm),
  },
  rootless: {
    because: 'a rootless engine maps every user already',
    holds: ({ engine }) => (engine === null ? false : engine.rootless),
  },
  'no-bridge': {
    because: 'the engine has no default bridge',
    holds: ({ options }) => options.bridge?.value === 'none',
  },
};

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
  const useless =
    unless === undefined ? null : { ...without[unless], is: without[unless].holds(configuration) };
  if (useless?.is === true) return { outcome: 'not-applicable', subject, because: useless.because };
  if (setting.state === 'unknown') return undetermined(setting.because, subject);
  const value = setting.state === 'set' ? setting.value : byDefault;
  if (typeof value !== typeof byDefault) {
    return undetermined(`${option} is ${JSON.stringify(value)}, which the engine would not take`, subject);
  }
  if (accept === 'set' ? value !== '' : value === accept) return pass(subject, setting.citation);
  if (useless?.is === null) {
    return undetermined(
      `${option} is not set, and ${useless.because}: whether it is one was not seen`,
      subject,
    );
  }
  const tooOld = engine === null || since === undefined ? null : olderThan(since, engine.version, option);
  if (tooOld !== null) return { ...tooOld, subject };
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

/** An engine in which another value does harm; `null` for one that is new enough. */
function olderThan(
  since: number,
  version: string | null,
  option: string,
): NotApplicable | Undetermined | null {
  const major = Number.parseInt(version ?? '', 10);
  if (major >= since) return null;
  if (Number.isNaN(major)) {
    const because = `${option} is to be changed from Engine ${String(since)} on, and the engine’s version was not seen`;
    return undetermined(because);
  }
  return notApplicable(`before Engine ${String(since)} another ${option} does more harm than good`);
}
