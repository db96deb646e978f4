import type { Workload } from './workload.ts';

/** What a source has no setting for, or leaves to another rule, and why nothing is to be judged there. */
const reasons = {
  kubernetes: {
    pids: 'how many processes a pod may have is the kubelet’s setting (podPidsLimit), not the manifest’s',
    user: 'Kubernetes maps no users unless a pod asks for it (hostUsers: false), so there is no mapping to leave',
    cgroup: 'a manifest has no setting for the cgroup namespace',
    'default-bridge': 'pods are on no bridge of Docker’s: network-policy-missing says who reaches them',
    'flat-network':
      'every pod reaches every other unless a NetworkPolicy forbids it: network-policy-missing judges that',
    'restart-unbounded':
      'Kubernetes waits longer after every crash and counts them: healthcheck-missing judges the probe',
    'run-to-end': 'it runs to its end, so nothing is asked of it meanwhile',
    seccomp: 'it names no seccomp profile: pod-seccomp-missing judges that',
    apparmor: 'it leaves AppArmor to its node, which confines it where it has it',
  },
} as const;

export type LeftOpen = keyof (typeof reasons)['kubernetes'];

/** Why a workload of this source is not judged; `null` where it is. */
export function leftOpen({ source }: Workload, what: LeftOpen): string | null {
  return source === 'kubernetes' ? reasons.kubernetes[what] : null;
}

/**
 * Why a guard that Linux alone has is not judged; `null` where it is. An API server refuses a pod of Windows that sets one
 * (pkg/apis/core/validation, validateWindows).
 */
export function linuxAlone(os: string | null | undefined): string | null {
  return os === 'windows' ? 'its pod is for Windows (os.name), which does not have this' : null;
}
