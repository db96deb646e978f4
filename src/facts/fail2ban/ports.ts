export interface PortRange {
  readonly from: number;
  readonly to: number;
}

export const everyPort: readonly PortRange[] = [{ from: 0, to: 65535 }];

/** Port numbers by service name, from the text of /etc/services; see services(5). */
export function parseServices(text: string): ReadonlyMap<string, number> {
  // What fail2ban's own jails name, should the file be missing.
  const ports = new Map([
    ['ssh', 22],
    ['http', 80],
    ['https', 443],
  ]);
  for (const line of text.split('\n')) {
    const [name, where, ...aliases] = line.replace(/#.*/, '').trim().split(/\s+/);
    const port = /^(\d+)\/tcp$/.exec(where ?? '')?.[1];
    if (name === undefined || port === undefined) continue;
    for (const each of [name, ...aliases]) ports.set(each, Number(port));
  }
  return ports;
}

/**
 * Ports of `ssh,2222,8000:8080`.
 *
 * @returns `null` when a name is no service that /etc/services knows
 */
export function parsePorts(text: string, services: ReadonlyMap<string, number>): readonly PortRange[] | null {
  const ranges: PortRange[] = [];
  for (const part of text.split(/[\s,]+/).filter(Boolean)) {
    if (part === 'any' || part === 'all') return everyPort;
    const ends = part.split(/[:-]/).length === 2 && /\d[:-]\d/.test(part) ? part.split(/[:-]/) : [part, part];
    const [from, to] = ends.map((end) => (/^\d{1,5}$/.test(end) ? Number(end) : services.get(end)));
    if (from === undefined || to === undefined) return null;
    ranges.push({ from, to });
  }
  return ranges;
}

export function coversPort(ranges: readonly PortRange[], port: number): boolean {
  return ranges.some(({ from, to }) => from <= port && port <= to);
}
