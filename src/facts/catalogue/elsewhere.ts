import type { AiService } from './ai-services.ts';
import { flagValue, isProductImage, programArguments } from './command-line.ts';

/**
 * Whether a service may take its settings from another place.
 *
 * A flag counts where it is given, a variable (`$NAME`) where it is set, a path on the host unless nothing is
 * there. In a container of the product's own image a path counts only where something is mounted over it: the
 * image's own files are the defaults.
 */
export function appliesElsewhere(service: AiService, place: string): boolean {
  if (place.startsWith('-')) return flagValue(programArguments(service), place) !== null;
  if (place.startsWith('$')) return (service.environment[place.slice(1)] ?? '') !== '';
  const { workload, absentPlaces } = service;
  if (workload === null) return absentPlaces?.includes(place) !== true;
  if (!isProductImage(service)) return true;
  return workload.mounts.some(({ target }) => covers(target, place));
}

function covers(target: string, place: string): boolean {
  const mounted = target.replace(/\/+$/, '');
  if (place.startsWith('/')) return `${place}/`.startsWith(`${mounted}/`) || mounted.startsWith(`${place}/`);
  const names = place.replace(/^~\//, '').split('/');
  return mounted.split('/').some((part) => part === names[0] || part === names.at(-1));
}
