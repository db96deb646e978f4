import * as z from 'zod';
import { visibleDevices } from '../workloads/gpu-request.ts';
import type { Place } from '../workloads/setting.ts';
import type { GpuRequest, Limits } from '../workloads/workload.ts';
import type { Manifest } from './manifest.ts';
import { isBeside } from './manifest.ts';
import type { Pod, PodContainer } from './pods.ts';
import { parseQuantity } from './quantity.ts';

const Quantities = z.record(z.string(), z.union([z.string(), z.number()]).transform(String)).nullish();
const LimitRange = z.object({
  limits: z.array(z.object({ type: z.string(), default: Quantities, max: Quantities })),
});

interface Limit {
  readonly value: number;
  readonly place: Place;
}

/** Bounds of a container: its own, the pod's as a whole, or the default that a LimitRange of its namespace gives. */
export function limitsOf(
  pod: Pod,
  container: PodContainer,
  manifests: readonly Manifest[],
): { readonly limits: Limits; readonly places: Readonly<Record<'memory' | 'cpus', Place | null>> } {
  const find = (resource: 'memory' | 'cpu'): Limit | null => {
    const path = ['resources', 'limits', resource];
    const own = bounded(container.spec.resources?.limits?.[resource], container.place(path));
    const whole = bounded(pod.spec.resources?.limits?.[resource], pod.place(['spec', ...path]));
    return own ?? whole ?? defaultOf(resource, pod, manifests);
  };
  const [memory, cpu] = [find('memory'), find('cpu')];
  return {
    // How many processes a pod may have is the kubelet's setting (podPidsLimit).
    limits: { memoryBytes: memory?.value ?? null, cpus: cpu?.value ?? null, pids: null },
    places: { memory: memory?.place ?? null, cpus: cpu?.place ?? null },
  };
}

/** Zero bounds nothing. */
function bounded(text: string | undefined, place: Place): Limit | null {
  const value = text === undefined ? null : parseQuantity(text);
  return value !== null && value > 0 ? { value, place } : null;
}

/** A LimitRange without a default gives its maximum (pkg/apis/core/v1/defaults.go, SetDefaults_LimitRangeItem). */
function defaultOf(resource: string, pod: Pod, manifests: readonly Manifest[]): Limit | null {
  for (const manifest of manifests) {
    if (manifest.kind !== 'LimitRange' || manifest.group !== '' || !isBeside(manifest, pod)) continue;
    const range = LimitRange.safeParse(manifest.object.spec);
    for (const [index, item] of (range.data?.limits ?? []).entries()) {
      const field = item.default?.[resource] === undefined ? 'max' : 'default';
      const limit = bounded(
        item[field]?.[resource],
        manifest.place(['spec', 'limits', index, field, resource]),
      );
      if (item.type === 'Container' && limit !== null) return limit;
    }
  }
  return null;
}

const gpuResource = /^(?:nvidia\.com\/(?:gpu|mig-)|amd\.com\/gpu|gpu\.intel\.com\/)/;

/** Parts of a card, by their size. */
function isMig(resource: string): boolean {
  return resource.startsWith('nvidia.com/mig-');
}

/** GPUs that a device plugin hands out, or those that the NVIDIA runtime gives to who names them in its environment. */
export function gpuOf(
  { spec }: PodContainer,
  environment: Readonly<Record<string, string>>,
): { readonly gpu: GpuRequest | null; readonly resource: string | null } {
  for (const [resource, text] of Object.entries(spec.resources?.limits ?? {})) {
    const count = parseQuantity(text) ?? 0;
    if (gpuResource.test(resource) && count > 0)
      return { gpu: { count, ids: isMig(resource) ? [resource] : [], by: 'device-request' }, resource };
  }
  // A reference to another variable names nothing yet.
  const wanted = environment.NVIDIA_VISIBLE_DEVICES?.startsWith('$(') ? null : visibleDevices(environment);
  return { gpu: wanted === null ? null : { ...wanted, by: 'environment' }, resource: null };
}
