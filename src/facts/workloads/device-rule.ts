/**
 * Whether a device cgroup rule gives disks or memory: `a` is every device, `b` every block device; of the character
 * devices 1:1, 1:2 and 1:4 are /dev/mem, /dev/kmem and /dev/port (kernel, admin-guide/devices.txt).
 */
export function isRawDeviceRule(rule: string): boolean {
  return isEvery(rule) || (canBeOpened(rule) && /^\s*(?:[ab]\b|c\s+(?:1|\*):[124*]\s)/.test(rule));
}

/**
 * Whether it gives what a container may well have: sound (116), GPUs (195 of NVIDIA, 226 of DRM, 261 of accelerators),
 * and what every container has, /dev/null and its like; the same list.
 */
export function isCommonDeviceRule(rule: string): boolean {
  return (
    (!isEvery(rule) && !canBeOpened(rule)) ||
    /^\s*c\s+(?:(?:116|195|226|261):|1:[35789]\s|5:[02]\s|136:)/.test(rule)
  );
}

/** Of a rule for all devices runc looks at nothing else: libcontainer/cgroups/devices, `Emulator.Apply`. */
function isEvery(rule: string): boolean {
  return /^\s*a\b/.test(rule);
}

/** By `m` alone a node can be made, which every container may, and not be opened. */
function canBeOpened(rule: string): boolean {
  return !/\sm\s*$/.test(rule);
}
