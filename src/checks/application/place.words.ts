/** Words for the place in which a service is configured: each has a fix of its own. */
import type { AiService } from '../../facts/catalogue/ai-services.ts';
import { scopeOf } from '../../facts/catalogue/bind-address.ts';
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

/** The port to close until a service is put right: one that strangers reach, else any that it has. */
function portData({ service, workload, listeners }: AiService): Record<string, string> {
  const held = [
    ...(workload?.publishes ?? []).map(({ proto, hostAddress, hostPort }) => ({
      ...{ proto, address: hostAddress, port: hostPort },
    })),
    ...listeners,
  ].filter(({ port }) => port > 0);
  const open = held.find(({ address }) => scopeOf(address) !== 'loopback') ?? held[0] ?? service.ports[0];
  return open === undefined ? {} : { proto: open.proto, port: String(open.port) };
}

/** What fixes name: the product, its port, and its unit, container or environment file where it has one. */
export function placeData(service: AiService, name = ''): Record<string, string> {
  const { unit, workload, service: product } = service;
  const file = unit?.environment[name]?.source;
  return {
    product: product.name,
    remedy: product.remediation[0] ?? '',
    ...portData(service),
    ...(unit === null ? {} : { unit: unit.name }),
    ...(workload === null ? {} : { container: workload.name }),
    ...(file === undefined ? {} : { file }),
  };
}
