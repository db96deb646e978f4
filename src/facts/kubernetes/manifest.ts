import * as z from 'zod';
import type { Place } from '../workloads/setting.ts';
import type { Path, YamlDocument } from './yaml-text.ts';

/** A Kubernetes object as a file has it. */
export interface Manifest {
  /** Relative to the project, without a leading slash. */
  readonly file: string;
  /** API group without its version; empty for the core. */
  readonly group: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** `null`: what it is applied to decides. */
  readonly namespace: string | null;
  readonly labels: Readonly<Record<string, string>>;
  /** The whole object; nothing of it is checked but what this interface names. */
  readonly object: Readonly<Record<string, unknown>>;
  /** Where something of it is written, or as much of the way to it as is. */
  place(path: Path): Place;
}

/** Names and values that are strings where Kubernetes wants them so; others are left out. */
export const Strings = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((values) =>
    Object.fromEntries(
      Object.entries(values ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    ),
  );

export const Metadata = z
  .object({
    name: z.string().nullish(),
    generateName: z.string().nullish(),
    namespace: z.string().nullish(),
    labels: Strings,
    annotations: Strings,
  })
  .catch({ labels: {}, annotations: {} });

const Head = z.looseObject({
  apiVersion: z.string().min(1),
  kind: z.string().min(1),
  metadata: z.unknown().optional(),
  items: z.array(z.unknown()).nullish().catch(null),
});

/** The objects of a document; of a `List` (or `DeploymentList`, …) its items. None for other YAML. */
export function manifestsOf(file: string, document: YamlDocument): readonly Manifest[] {
  return objectsIn(file, document, document.value, [], 0);
}

function objectsIn(
  file: string,
  document: YamlDocument,
  value: unknown,
  path: Path,
  depth: number,
  list: Pick<Manifest, 'apiVersion' | 'kind'> = { apiVersion: '', kind: '' },
): readonly Manifest[] {
  const head = Head.safeParse(depth === 0 ? value : withHead(value, list));
  if (!head.success) return [];
  const { apiVersion, kind, metadata, items } = head.data;
  if (kind.endsWith('List') && items !== null && items !== undefined && depth < 5) {
    return items.flatMap((item, index) =>
      objectsIn(file, document, item, [...path, 'items', index], depth + 1, { apiVersion, kind }),
    );
  }
  const { name, generateName, namespace, labels } = Metadata.parse(metadata ?? {});
  return [
    {
      file,
      group: apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '',
      apiVersion,
      kind,
      name: name ?? generateName ?? 'unnamed',
      namespace: namespace === undefined || namespace === '' ? null : namespace,
      labels,
      object: head.data,
      place: (inside) => ({ file, ...document.position([...path, ...inside]) }),
    },
  ];
}

/** Items of a `PodList` need not say that they are Pods; an item of a plain `List` that says nothing stays an object of no kind. */
function withHead(item: unknown, { apiVersion, kind }: Pick<Manifest, 'apiVersion' | 'kind'>): unknown {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
  return { apiVersion, kind: kind === 'List' ? 'object' : kind.slice(0, -'List'.length), ...item };
}

/** Whether two objects share a namespace, as far as their files say. */
export function isBeside(one: Pick<Manifest, 'namespace'>, other: Pick<Manifest, 'namespace'>): boolean {
  return (one.namespace ?? 'default') === (other.namespace ?? 'default');
}

export function placeWord({ file, line, column }: Place): string {
  return `${file}:${String(line)}:${String(column)}`;
}
