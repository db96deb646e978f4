import type { Place } from '../workloads/setting.ts';
import { maskNamed, maskSecrets } from '../../host/mask.ts';
import type { Manifest } from './manifest.ts';
import { Strings, isBeside } from './manifest.ts';
import type { Pod, PodContainer } from './pods.ts';

export interface Environment {
  /**
   * Values are masked where they are secrets. One that is kept elsewhere stands as `$(secretKeyRef NAME/KEY)`, and a file's
   * is what the ConfigMap of the project says.
   */
  readonly values: Readonly<Record<string, string>>;
  readonly places: ReadonlyMap<string, Place>;
}

/** What a container's env and envFrom come to: env wins, and of one name the last. */
export function environmentOf(
  pod: Pod,
  container: PodContainer,
  manifests: readonly Manifest[],
): Environment {
  const values: Record<string, string> = {};
  const places = new Map<string, Place>();
  const set = (name: string, value: string, place: Place) => {
    values[name] = maskNamed(name, value);
    places.set(name, place);
  };
  for (const { prefix, configMapRef } of container.spec.envFrom ?? []) {
    const map = configMapOf(configMapRef?.name, pod, manifests);
    for (const [key, value] of Object.entries(map?.data ?? {})) {
      if (map !== null) set(`${prefix ?? ''}${key}`, value, map.manifest.place(['data', key]));
    }
  }
  for (const [index, { name, value, valueFrom }] of (container.spec.env ?? []).entries()) {
    const place = container.place(['env', index]);
    const map = configMapOf(valueFrom?.configMapKeyRef?.name, pod, manifests);
    const kept = map?.data[valueFrom?.configMapKeyRef?.key ?? ''];
    if (map !== null && kept !== undefined) {
      set(name, kept, map.manifest.place(['data', valueFrom?.configMapKeyRef?.key ?? '']));
    } else {
      set(name, value ?? referenceWord(valueFrom), place);
    }
  }
  return { values, places };
}

/** Command and arguments, masked: the host reads a list of lines, and not what an option's value is. */
export function commandOf({ spec }: PodContainer): readonly string[] {
  const words = [...(spec.command ?? []), ...(spec.args ?? [])];
  return words.map((word, index) => {
    const option = words[index - 1] ?? '';
    const isValue = option.startsWith('--') && !option.includes('=') && !word.startsWith('-');
    return isValue ? maskNamed(option, word) : maskSecrets(word);
  });
}

type ValueFrom = NonNullable<NonNullable<PodContainer['spec']['env']>[number]['valueFrom']>;

function referenceWord(from: ValueFrom | null | undefined): string {
  if (from === null || from === undefined) return '';
  for (const kind of ['secretKeyRef', 'configMapKeyRef'] as const) {
    const reference = from[kind];
    if (reference) return `$(${kind} ${reference.name ?? ''}/${reference.key ?? ''})`;
  }
  return `$(${from.fieldRef?.fieldPath ?? from.resourceFieldRef?.resource ?? 'valueFrom'})`;
}

interface ConfigMap {
  readonly manifest: Manifest;
  readonly data: Readonly<Record<string, string>>;
}

function configMapOf(
  name: string | null | undefined,
  pod: Pod,
  manifests: readonly Manifest[],
): ConfigMap | null {
  if (name === null || name === undefined) return null;
  const found = manifests.find(
    (each) => each.kind === 'ConfigMap' && each.group === '' && each.name === name && isBeside(each, pod),
  );
  return found === undefined ? null : { manifest: found, data: Strings.catch({}).parse(found.object.data) };
}
