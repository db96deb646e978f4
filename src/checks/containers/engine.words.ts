/** Words for the place in which a Docker Engine is set up: each has a fix of its own. */
import type { EngineConfiguration } from '../../facts/workloads/engine-configurations.ts';
import type { EngineSetting } from '../../facts/workloads/engine-setting.ts';

/**
 * - `engine`: the daemon.json of this host, which may not exist yet
 * - `rootless`: the daemon.json of the account whose engine it is
 * - `flag`: the command line of its unit, beside which daemon.json must not name the same setting
 * - `file`: a daemon.json in a project, for a machine that is elsewhere
 */
export type EnginePlace = 'engine' | 'rootless' | 'flag' | 'file';

/** One message for every place, so that a rule can give each place its own fix. */
export function inEveryEnginePlace<const Template extends string>(
  template: Template,
): Record<EnginePlace, Template> {
  return { engine: template, rootless: template, flag: template, file: template };
}

export function engineMessage({ engine }: EngineConfiguration, setting: EngineSetting): EnginePlace {
  if (engine === null) return 'file';
  if (engine.account !== null) return 'rootless';
  return setting.state === 'set' && setting.by === 'flag' ? 'flag' : 'engine';
}

/** What every message and fix over an engine may fill in. */
export function engineData({ file, engine }: EngineConfiguration, setting: EngineSetting) {
  const source = setting.state === 'unknown' ? '' : setting.citation.source;
  const subject = engine === null ? `the engine of ${file}` : 'the Docker Engine';
  // A project's paths begin at its root, where its commands are run.
  return {
    file: engine === null ? file.replace(/^\//, '') : file,
    subject,
    source,
    ...(engine?.account == null ? {} : { account: engine.account }),
  };
}
