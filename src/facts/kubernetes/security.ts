import type { Place } from '../workloads/setting.ts';
import type { Confinement } from '../workloads/workload.ts';
import type { Pod, PodContainer } from './pods.ts';

/** What a container's securityContext comes to, the pod's inherited (Kubernetes API v1: the container's own wins). */
export interface Security {
  readonly privileged: boolean;
  /** Upper case, without CAP_. */
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  readonly confinement: Confinement;
  /** The settings behind `confinement`, as written. */
  readonly options: readonly string[];
  /** `null`: the image's. */
  readonly runAsUser: number | null;
  readonly runAsGroup: number | null;
  readonly runAsNonRoot: boolean;
  /** Where its user is written; `null` where it is not. */
  readonly userPlace: Place | null;
}

export function securityOf(pod: Pod, container: PodContainer): Security {
  const own = container.spec.securityContext ?? {};
  const shared = pod.spec.securityContext ?? {};
  const privileged = own.privileged === true || isHostProcess(pod, container);
  const capAdd = (own.capabilities?.add ?? []).map(capabilityName);
  // An API server refuses it with either of them (core validation, ValidateSecurityContext).
  const forced = privileged || capAdd.includes('SYS_ADMIN');
  const escalates = forced || own.allowPrivilegeEscalation !== false;
  const seccomp = (own.seccompProfile ?? shared.seccompProfile)?.type ?? legacySeccomp(pod, container);
  const appArmor =
    own.appArmorProfile?.type ?? legacyAppArmor(pod, container) ?? shared.appArmorProfile?.type ?? null;
  return {
    privileged,
    capAdd,
    capDrop: (own.capabilities?.drop ?? []).map(capabilityName),
    confinement: {
      noNewPrivileges: !escalates,
      seccomp: { RuntimeDefault: 'profile', Localhost: 'unreadable', Unconfined: 'off', none: 'default' }[
        seccomp ?? 'none'
      ] as Confinement['seccomp'],
      appArmor: appArmor === null ? 'default' : appArmor === 'Unconfined' ? 'off' : 'profile',
    },
    options: [
      `allowPrivilegeEscalation: ${String(escalates)}`,
      ...(seccomp === null ? [] : [`seccompProfile: ${seccomp}`]),
      ...(appArmor === null ? [] : [`appArmorProfile: ${appArmor}`]),
    ],
    runAsUser: own.runAsUser ?? shared.runAsUser ?? null,
    runAsGroup: own.runAsGroup ?? shared.runAsGroup ?? null,
    runAsNonRoot: own.runAsNonRoot ?? shared.runAsNonRoot ?? false,
    userPlace: placeOfUser(pod, container),
  };
}

/** A HostProcess container of Windows runs on the node itself. */
function isHostProcess({ spec }: Pod, container: PodContainer): boolean {
  const own = container.spec.securityContext?.windowsOptions?.hostProcess;
  return (own ?? spec.securityContext?.windowsOptions?.hostProcess) === true;
}

function placeOfUser(pod: Pod, container: PodContainer): Place | null {
  for (const field of ['runAsUser', 'runAsNonRoot'] as const) {
    if (container.spec.securityContext?.[field] !== undefined)
      return container.place(['securityContext', field]);
    if (pod.spec.securityContext?.[field] !== undefined) return pod.place(['spec', 'securityContext', field]);
  }
  return null;
}

function capabilityName(name: string): string {
  return name.toUpperCase().replace(/^CAP_/, '');
}

/**
 * Kubernetes 1.27 and newer ignore these annotations, so that a profile named there alone is none; that a container asked for
 * none still holds.
 */
function legacySeccomp({ annotations }: Pod, { spec: { name } }: PodContainer): 'Unconfined' | null {
  const own = annotations[`container.seccomp.security.alpha.kubernetes.io/${name}`];
  const value = own ?? annotations['seccomp.security.alpha.kubernetes.io/pod'];
  return value === 'unconfined' ? 'Unconfined' : null;
}

/**
 * Deprecated since 1.30 and still read: an API server copies it into the container's own field where that is not set, so
 * that it wins over the pod's (pkg/registry/core/pod/strategy.go, applyAppArmorVersionSkew).
 */
function legacyAppArmor({ annotations }: Pod, { spec: { name } }: PodContainer) {
  const value = annotations[`container.apparmor.security.beta.kubernetes.io/${name}`];
  if (value === undefined || value === '') return null;
  if (value === 'unconfined') return 'Unconfined';
  return value === 'runtime/default' ? 'RuntimeDefault' : 'Localhost';
}
