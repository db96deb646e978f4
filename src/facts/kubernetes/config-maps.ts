import { Buffer } from 'node:buffer';
import { maskNamed } from '../../host/mask.ts';
import type { Manifest } from './manifest.ts';
import { Strings } from './manifest.ts';
import { uniqueNames } from './unique-names.ts';

export interface ConfigMap {
  /** Unique among the project's ConfigMaps. */
  readonly name: string;
  readonly manifest: Manifest;
  /** Values are masked where they are secrets; `field` is where the key stands. */
  readonly entries: readonly {
    readonly field: 'data' | 'binaryData';
    readonly key: string;
    readonly value: string;
  }[];
}

export function configMapsOf(manifests: readonly Manifest[]): readonly ConfigMap[] {
  const maps = manifests.filter(({ kind, group }) => kind === 'ConfigMap' && group === '');
  const names = uniqueNames(
    maps.map((manifest) => ({
      name: manifest.name,
      kind: 'ConfigMap',
      namespace: manifest.namespace,
      place: manifest.place([]),
    })),
  );
  return maps.map((manifest, index) => ({
    name: names[index] ?? manifest.name,
    manifest,
    entries: (['data', 'binaryData'] as const).flatMap((field) =>
      Object.entries(Strings.catch({}).parse(manifest.object[field])).map(([key, value]) => ({
        field,
        key,
        value: maskNamed(key, field === 'data' ? value : Buffer.from(value, 'base64').toString('utf8')),
      })),
    ),
  }));
}
