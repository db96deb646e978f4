/** Words for the place in which a service is configured: each has a fix of its own. */
import type { AiService } from '../../facts/catalogue/ai-services.ts';
import type { Setting } from '../../facts/catalogue/catalogue.ts';

/**
 * - `unit`: its systemd unit, by a drop-in
 * - `environmentFile`: a file that the unit reads with EnvironmentFile=, which beats Environment=
 * - `argument`: the ExecStart= of its unit
 * - `container`: what defines the container
 * - `process`: whatever started it
 */
export type Place = 'unit' | 'environmentFile' | 'argument' | 'container' | 'process';

/** One message for every place, so that a rule can give each place its own fix. */
export function inEveryPlace<const Template extends string>(template: Template): Record<Place, Template> {
  return {
    unit: template,
    environmentFile: template,
    argument: template,
    container: template,
    process: template,
  };
}

/** Where a setting of a service is made, or would have to be. */
export function placeOf(service: AiService, setting: Pick<Setting, 'kind' | 'name'>): Place {
  const { unit, workload } = service;
  if (workload !== null) return 'container';
  if (unit === null) return 'process';
  if (setting.kind === 'flag') return 'argument';
  const source = unit.environment[setting.name]?.source ?? '';
  return unit.environmentFiles.includes(source) ? 'environmentFile' : 'unit';
}

/** What fixes name: its unit, container or environment file where it has one. */
export function placeData(service: AiService, name = ''): Record<string, string> {
  const { unit, workload } = service;
  const file = unit?.environment[name]?.source;
  return {
    ...(unit === null ? {} : { unit: unit.name }),
    ...(workload === null ? {} : { container: workload.name }),
    ...(file === undefined ? {} : { file }),
  };
}
