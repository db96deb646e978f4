/** Whether an interface is one of these: `eth0`, or by prefix `eth*`. */
export function isOneOf(name: string, patterns: readonly string[]): boolean {
  return patterns.some((one) => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : one === name));
}
