import * as z from 'zod';
import type { Manifest } from './manifest.ts';
import { placeWord } from './manifest.ts';

/** Objects that bring pods from elsewhere, by API group and kind. */
const installers: Readonly<Record<string, (spec: unknown, paths: readonly string[]) => string | null>> = {
  'helm.toolkit.fluxcd.io HelmRelease': () => 'installs a Helm chart, which is not here to read',
  'helm.cattle.io HelmChart': () => 'installs a Helm chart, which is not here to read',
  'argoproj.io ApplicationSet': () => 'deploys what its generators say, which is not here to read',
  'argoproj.io Application': (spec, paths) =>
    isDeployedFromHere(spec, paths) ? null : 'deploys a chart, or what another repository says',
  'kustomize.toolkit.fluxcd.io Kustomization': (spec) =>
    Changes.safeParse(spec ?? {}).success ? null : 'changes what its files say, which is not applied here',
};

/** Why an object that is not read as a pod may still bring containers; `null` where it brings none. */
export function foreignGap(manifest: Manifest, paths: readonly string[]): string | null {
  const { group, kind, name, object } = manifest;
  const where = placeWord(manifest.place([]));
  const installs = installers[`${group} ${kind}`]?.(object.spec, paths) ?? null;
  if (installs !== null) return `${where}: the ${kind} ${name} ${installs}`;
  if (kind === 'CustomResourceDefinition' || !hasContainers(object)) return null;
  return `${where}: the containers of the ${kind} ${name} (${manifest.apiVersion}) are not read: aisec knows the pods of Kubernetes' own kinds`;
}

const None = z.union([z.null(), z.array(z.unknown()).length(0)]).optional();
/** A Kustomization of Flux that takes its files as they are; variables that it fills in show in them. */
const Changes = z.object({ patches: None, images: None, components: None });

const Source = z.object({
  path: z.string(),
  chart: z.null().optional(),
  helm: z.null().optional(),
  kustomize: z.null().optional(),
});
const Application = z.union([
  z.object({ source: Source }).transform(({ source }) => [source]),
  z.object({ sources: z.array(Source).min(1) }).transform(({ sources }) => sources),
]);

/** Whether all that Argo CD deploys is a directory of this project, as it is. */
function isDeployedFromHere(spec: unknown, paths: readonly string[]): boolean {
  const sources = Application.safeParse(spec);
  return (
    sources.success &&
    sources.data.every(({ path }) => {
      const directory = `/${path.replace(/^(?:\.?\/)+/, '').replace(/\/+$/, '')}/`;
      return directory !== '//' && paths.some((each) => each.startsWith(directory));
    })
  );
}

/** How deep a document may be is bounded where it is read. */
function hasContainers(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, each]: [string, unknown]) => {
    const isList = /^(?:init|ephemeral)?containers?$/i.test(key) && Array.isArray(each);
    return (isList && each.some(hasImage)) || hasContainers(each);
  });
}

function hasImage(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'image' in value;
}
