import type { Workload } from './workload.ts';

/** What a Docker container has unless told otherwise; moby, oci/caps/defaults.go. */
export const dockerDefault = [
  ...['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE'],
  ...['NET_RAW', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT'],
];

/**
 * Whether the container's root holds a capability, as the engine combines the two lists
 * (moby, oci/caps/utils.go: added ALL comes before dropped ALL).
 *
 * @param capability - upper case, without CAP_
 */
export function hasCapability(workload: Workload, capability: string): boolean {
  const { privileged, capAdd, capDrop } = workload;
  if (privileged) return true;
  if (capAdd.includes('ALL')) return !capDrop.includes(capability);
  if (capAdd.includes(capability)) return true;
  return dockerDefault.includes(capability) && !capDrop.includes('ALL') && !capDrop.includes(capability);
}
