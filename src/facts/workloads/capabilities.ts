import type { Workload } from './workload.ts';

/** Bits of a capability set, lowest first; linux/capability.h. */
export const capabilityNames = [
  ...['CHOWN', 'DAC_OVERRIDE', 'DAC_READ_SEARCH', 'FOWNER', 'FSETID', 'KILL', 'SETGID', 'SETUID'],
  ...['SETPCAP', 'LINUX_IMMUTABLE', 'NET_BIND_SERVICE', 'NET_BROADCAST', 'NET_ADMIN', 'NET_RAW'],
  ...['IPC_LOCK', 'IPC_OWNER', 'SYS_MODULE', 'SYS_RAWIO', 'SYS_CHROOT', 'SYS_PTRACE', 'SYS_PACCT'],
  ...['SYS_ADMIN', 'SYS_BOOT', 'SYS_NICE', 'SYS_RESOURCE', 'SYS_TIME', 'SYS_TTY_CONFIG', 'MKNOD'],
  ...['LEASE', 'AUDIT_WRITE', 'AUDIT_CONTROL', 'SETFCAP', 'MAC_OVERRIDE', 'MAC_ADMIN', 'SYSLOG'],
  ...['WAKE_ALARM', 'BLOCK_SUSPEND', 'AUDIT_READ', 'PERFMON', 'BPF', 'CHECKPOINT_RESTORE'],
];

/** Whether nothing is left out of what Linux had before 5.8 gave names to the last three. */
export function isEveryCapability(names: readonly string[]): boolean {
  return capabilityNames.slice(0, -3).every((name) => names.includes(name));
}

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
