/**
 * Whether a device cgroup rule gives disks or memory: `a` is every device, `b` every block device; of the character
 * devices 1:1, 1:2 and 1:4 are /dev/mem, /dev/kmem and /dev/port (kernel, admin-guide/devices.txt).
 */
export function isRawDeviceRule(rule: string): boolean {
  return /^\s*(?:[ab]\b|c\s+(?:1|\*):[124*]\s)/.test(rule);
}
