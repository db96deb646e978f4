/** The Docker Engine lets the logs of containers grow until the disk is full. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import type { EngineConfiguration } from '../../facts/workloads/engine-configurations.ts';
import { engineConfigurationsFact } from '../../facts/workloads/engine-configurations.ts';
import { engineSetting } from '../../facts/workloads/engine-setting.ts';
import { engineData, engineMessage, inEveryEnginePlace } from './engine.words.ts';

const messages = inEveryEnginePlace(
  'Containers of {subject} log to files of json-file without a max-size: one that prints a lot fills the disk, and then everything stops.',
);

export const engineLogRotation = defineCheck({
  id: 'engine-log-rotation',
  needs: { engines: engineConfigurationsFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ engines }) =>
    engines.length === 0 ? [notApplicable('there is no Docker Engine')] : engines.map(judge),
});

function judge(configuration: EngineConfiguration): Verdict<typeof messages> {
  const { subject } = configuration;
  const driver = engineSetting(configuration, 'log-driver');
  if (driver.state === 'unknown') return undetermined(driver.because, subject);
  const name = driver.state === 'set' ? driver.value : 'json-file';
  // local rotates by itself, journald and syslog are rotated where they keep it, none keeps nothing, and the
  // rest send it away: https://docs.docker.com/engine/logging/configure/
  if (name !== 'json-file') return pass(subject, driver.citation);
  const options = engineSetting(configuration, 'log-opts');
  if (options.state === 'unknown') return undetermined(options.because, subject);
  const size = options.state === 'set' ? maxSizeOf(options.value) : null;
  // -1 is the default: no limit.
  if (size !== null && size !== '-1') return pass(subject, driver.citation, options.citation);
  const data = engineData(configuration, options);
  const evidence = [driver.citation, options.citation];
  return { outcome: 'fail', message: engineMessage(configuration, options), subject, data, evidence };
}

/** `{"max-size": "10m"}` in the file, `max-size=10m` among the values of --log-opt. */
function maxSizeOf(options: unknown): string | null {
  if (Array.isArray(options)) {
    const found = options.map(String).findLast((each) => each.startsWith('max-size='));
    return found?.slice('max-size='.length) ?? null;
  }
  const parsed = z.object({ 'max-size': z.string().min(1) }).safeParse(options);
  return parsed.success ? parsed.data['max-size'] : null;
}
