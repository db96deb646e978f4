import * as z from 'zod';
import type { Device, Mount } from '../workloads/workload.ts';
import type { Manifest } from './manifest.ts';
import { isBeside } from './manifest.ts';
import type { Volume } from './pod-format.ts';
import type { Pod, PodContainer } from './pods.ts';

/** A path of the node behind a volume; `null` for storage of its own, and for what is not in the project. */
interface Source {
  readonly path: string | null;
  readonly readOnly: boolean;
  readonly memory: boolean;
}

const PersistentVolume = z.object({
  hostPath: z.object({ path: z.string() }).nullish(),
  local: z.object({ path: z.string() }).nullish(),
  storageClassName: z.string().nullish(),
  claimRef: z.object({ name: z.string(), namespace: z.string().nullish() }).nullish(),
});
const Claim = z.object({ volumeName: z.string().nullish(), storageClassName: z.string().nullish() });
const Templates = z.object({
  volumeClaimTemplates: z
    .array(z.object({ metadata: z.object({ name: z.string() }), spec: Claim }))
    .nullish(),
});

const propagations = { None: 'private', HostToContainer: 'rslave', Bidirectional: 'rshared' } as const;

export function mountsOf(
  pod: Pod,
  container: PodContainer,
  manifests: readonly Manifest[],
): readonly Mount[] {
  return (container.spec.volumeMounts ?? []).map((mount) => {
    const { path, readOnly, memory } = sourceOf(mount.name, pod, manifests);
    const inside = mount.subPath ?? mount.subPathExpr ?? '';
    const source = path === null ? mount.name : inside === '' ? path : `${path}/${inside}`;
    return {
      type: path !== null ? 'bind' : memory ? 'tmpfs' : 'volume',
      source,
      real: path === null ? source : realPath(source),
      target: mount.mountPath,
      writable: mount.readOnly !== true && !readOnly,
      // Otherwise it depends on the runtime; KEP-3857.
      ...(mount.recursiveReadOnly === 'Enabled' ? { submounts: 'read-only' as const } : {}),
      propagation: propagations[mount.mountPropagation ?? 'None'],
    };
  });
}

/** Block devices of the node; one that storage provides is no more than the volume's own. */
export function devicesOf(
  pod: Pod,
  container: PodContainer,
  manifests: readonly Manifest[],
): readonly Device[] {
  return (container.spec.volumeDevices ?? []).flatMap(({ name, devicePath }) => {
    const { path } = sourceOf(name, pod, manifests);
    return path === null
      ? []
      : [{ host: path, container: devicePath, permissions: 'rw', type: 'block' as const }];
  });
}

/**
 * Where a path of a node leads, as far as can be said without it: `/var/run` is a link to `/run` on every distribution with
 * systemd (file-hierarchy(7)).
 */
function realPath(path: string): string {
  const clean = `/${path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')}`;
  return clean.replace(/^\/var\/run(?=\/|$)/, '/run');
}

function sourceOf(name: string, pod: Pod, manifests: readonly Manifest[]): Source {
  const volume = (pod.spec.volumes ?? []).find((each) => each.name === name);
  if (volume?.hostPath !== undefined && volume.hostPath !== null) {
    return { path: volume.hostPath.path, readOnly: false, memory: false };
  }
  const claim = volume === undefined ? templateOf(name, pod) : claimOf(volume, pod, manifests);
  return {
    path: claim === null ? null : nodePathOf(claim, manifests),
    readOnly: volume?.persistentVolumeClaim?.readOnly === true,
    memory: volume?.emptyDir?.medium === 'Memory',
  };
}

type NamedClaim = z.infer<typeof Claim> & { readonly name: string; readonly namespace: string | null };

function claimOf(
  { persistentVolumeClaim: used }: Volume,
  pod: Pod,
  manifests: readonly Manifest[],
): NamedClaim | null {
  if (used === undefined || used === null) return null;
  const found = manifests.find(
    (each) => each.kind === 'PersistentVolumeClaim' && each.name === used.claimName && isBeside(each, pod),
  );
  const claim = Claim.safeParse(found?.object.spec ?? {});
  return claim.success ? { ...claim.data, name: used.claimName, namespace: pod.namespace } : null;
}

/** A StatefulSet's volumeClaimTemplates count as volumes of its pods. */
function templateOf(name: string, { manifest, namespace }: Pod): NamedClaim | null {
  const templates = Templates.safeParse(manifest.object.spec ?? {});
  const found = (templates.data?.volumeClaimTemplates ?? []).find(({ metadata }) => metadata.name === name);
  return found === undefined ? null : { ...found.spec, name, namespace };
}

/** The path of the volume that a claim names, that is kept for it, or that it may get by its class. */
function nodePathOf(claim: NamedClaim, manifests: readonly Manifest[]): string | null {
  for (const manifest of manifests) {
    if (manifest.kind !== 'PersistentVolume' || manifest.group !== '') continue;
    const volume = PersistentVolume.safeParse(manifest.object.spec);
    if (!volume.success) continue;
    const { claimRef, storageClassName, hostPath, local } = volume.data;
    const isKept =
      claimRef?.name === claim.name && isBeside({ namespace: claimRef.namespace ?? null }, claim);
    const isFree = claimRef === undefined || claimRef === null;
    // Without a class of its own a claim gets the cluster's default one, which makes a volume.
    const hasClass =
      claim.storageClassName !== undefined && claim.storageClassName === (storageClassName ?? '');
    const isNamed = claim.volumeName === manifest.name;
    if (!isKept && !isNamed && !(isFree && hasClass && (claim.volumeName ?? '') === '')) continue;
    const path = hostPath?.path ?? local?.path;
    if (path !== undefined) return path;
  }
  return null;
}
