import * as z from 'zod';

const isKustomization = /\/(?:kustomization\.ya?ml|Kustomization)$/;

/** Fields that change what runs; the others name objects, label them or list files. See kubectl.docs.kubernetes.io. */
const changing = [
  ...['patches', 'patchesStrategicMerge', 'patchesJson6902', 'replacements', 'vars', 'images', 'components'],
  ...[
    'transformers',
    'generators',
    'configMapGenerator',
    'secretGenerator',
    'helmCharts',
    'helmChartInflationGenerator',
  ],
] as const;

const Patch = z.object({ path: z.string().nullish() });
const Lists = z.looseObject({
  patches: z.array(Patch).nullish().catch(null),
  patchesJson6902: z.array(Patch).nullish().catch(null),
  patchesStrategicMerge: z.array(z.unknown()).nullish().catch(null),
  resources: z.array(z.unknown()).nullish().catch(null),
  bases: z.array(z.unknown()).nullish().catch(null),
});

/** What a kustomization.yaml does beyond listing files of this project. */
export interface Kustomization {
  /** Absolute in the project: parts of objects, none by themselves. */
  readonly patchFiles: readonly string[];
  readonly gaps: readonly string[];
}

export function isKustomizationFile(path: string): boolean {
  return isKustomization.test(path);
}

/** @param paths - every file of the project, absolute */
export function readKustomization(path: string, value: unknown, paths: ReadonlySet<string>): Kustomization {
  const parsed = Lists.safeParse(value ?? {});
  const file = path.slice(1);
  if (!parsed.success) return { patchFiles: [], gaps: [`${file} is no kustomization`] };
  const directory = path.slice(0, path.lastIndexOf('/'));
  const { patches, patchesJson6902, patchesStrategicMerge, resources, bases } = parsed.data;
  const named = [
    ...[...(patches ?? []), ...(patchesJson6902 ?? [])].map((patch) => patch.path),
    ...(patchesStrategicMerge ?? []),
  ].filter((each) => typeof each === 'string');
  const used = changing.filter((field) => isUsed(parsed.data[field]));
  const elsewhere = [...(resources ?? []), ...(bases ?? [])]
    .filter((each) => typeof each === 'string')
    .filter((each) => !isHere(resolve(directory, each), paths));
  const gaps = [
    ...(used.length === 0
      ? []
      : [
          `${file} changes what its resources say (${used.join(', ')}), which is not applied here: audit what kubectl kustomize prints`,
        ]),
    ...(elsewhere.length === 0
      ? []
      : [`${file} takes ${elsewhere.slice(0, 5).join(', ')} from outside the project`]),
  ];
  return { patchFiles: named.map((each) => resolve(directory, each)), gaps };
}

function isUsed(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null;
}

/** A file, or a directory with files in it. */
function isHere(path: string, paths: ReadonlySet<string>): boolean {
  if (paths.has(path)) return true;
  for (const each of paths) if (path === '' || each.startsWith(`${path}/`)) return true;
  return false;
}

function resolve(directory: string, relative: string): string {
  const parts = directory.split('/');
  for (const part of relative.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}
