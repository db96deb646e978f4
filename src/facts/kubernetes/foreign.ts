import type { Manifest } from './manifest.ts';
import { placeWord } from './manifest.ts';

/** Objects that bring pods which no file of the project shows. */
const installers: Readonly<Record<string, string>> = {
  'helm.toolkit.fluxcd.io HelmRelease': 'installs a Helm chart',
  'helm.cattle.io HelmChart': 'installs a Helm chart',
  'argoproj.io Application': 'deploys what another repository or chart says',
  'argoproj.io ApplicationSet': 'deploys what another repository or chart says',
};

const deepest = 12;

/** Why an object that is not read as a pod may still bring containers; `null` where it brings none. */
export function foreignGap(manifest: Manifest): string | null {
  const { group, kind, name, object } = manifest;
  const where = placeWord(manifest.place([]));
  const installs = installers[`${group} ${kind}`];
  if (installs !== undefined) return `${where}: the ${kind} ${name} ${installs}, which is not here to read`;
  if (kind === 'CustomResourceDefinition' || !hasContainers(object, 0)) return null;
  return `${where}: the containers of the ${kind} ${name} (${manifest.apiVersion}) are not read: aisec knows the pods of Kubernetes' own kinds`;
}

function hasContainers(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null || depth > deepest) return false;
  return Object.entries(value).some(([key, each]: [string, unknown]) => {
    const isList = /^(?:init|ephemeral)?containers?$/i.test(key) && Array.isArray(each);
    return (isList && each.some(hasImage)) || hasContainers(each, depth + 1);
  });
}

function hasImage(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'image' in value;
}
