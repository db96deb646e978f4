import type { KernelTruth } from '../../src/facts/workloads/workload.ts';

/** What the kernel shows of a container with Docker's defaults. */
export function kernelTruth(changes: Partial<KernelTruth> = {}): KernelTruth {
  return {
    pid: 299,
    uid: 0,
    effective: ['CHOWN', 'KILL', 'NET_RAW'],
    bounding: ['CHOWN', 'KILL', 'NET_RAW'],
    hasEveryCapability: false,
    noNewPrivileges: false,
    seccomp: 'filter',
    appArmor: 'profile',
    ...changes,
    shares: { network: false, pid: false, ipc: false, user: true, ...changes.shares },
  };
}
