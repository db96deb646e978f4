import type { Report } from '../../src/engine/report.ts';
import type { Box } from './box.ts';

export interface Reach {
  readonly lan: readonly number[];
  readonly internet: readonly number[];
}

/** What the neighbours of a box reach, by trying: the truth that a report is held against. */
export async function reachOf(box: Box): Promise<Reach> {
  const [ports, containers] = await Promise.all([tcpPorts(box), containerPorts(box)]);
  const [lan, internet, ...direct] = await Promise.all([
    box.neighbour.openPorts(ports, 'lan'),
    box.neighbour.openPorts(ports, 'internet'),
    ...containers.map(async ({ address, inside, known }) => {
      const open = await box.neighbour.openPorts([inside], 'lan', address);
      return open.length > 0 ? [known] : [];
    }),
  ]);
  const all = new Set([...lan, ...direct.flat()]);
  return { lan: [...all].toSorted(byNumber), internet: internet.toSorted(byNumber) };
}

/** What a report says that they reach; `null` when it cannot say. */
export function reportedReach(report: Report): Reach | null {
  if (report.exposures === null) return null;
  const ports = (...scopes: readonly string[]) => {
    const found = (report.exposures ?? [])
      .filter(
        ({ proto, scope, address }) =>
          proto === 'tcp' && !address.includes('::ffff') && scopes.includes(scope),
      )
      .map(({ port }) => port);
    return [...new Set(found)].toSorted(byNumber);
  };
  return { lan: ports('lan', 'any'), internet: ports('any') };
}

/** Ports of containers, which a neighbour reaches by routing through the box: known by the published one. */
async function containerPorts(box: Box): Promise<{ address: string; inside: number; known: number }[]> {
  const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}{{json .NetworkSettings.Ports}}';
  const text = await box.must(
    `docker ps -q 2>/dev/null | xargs -r docker inspect -f '${format}' 2>/dev/null || true`,
  );
  return text.split('\n').flatMap((line) => {
    const [, address = '', json = '{}'] = /^(\d+\.\d+\.\d+\.\d+) .*?(\{.*\})$/.exec(line) ?? [];
    const ports = JSON.parse(json) as Record<string, { HostPort: string }[] | null>;
    return Object.entries(ports).flatMap(([key, bindings]) => {
      const [, port] = /^(\d+)\/tcp$/.exec(key) ?? [];
      if (address === '' || port === undefined) return [];
      const known = new Set((bindings ?? []).map(({ HostPort }) => Number(HostPort)));
      return (known.size === 0 ? [Number(port)] : [...known]).map((one) => ({
        ...{ address, inside: Number(port), known: one },
      }));
    });
  });
}

/** Every port that something listens on or Docker publishes. */
async function tcpPorts(box: Box): Promise<number[]> {
  const script = `
    ss -Htln | awk '{ sub(/.*:/, "", $4); print $4 }'
    docker ps -q 2>/dev/null | xargs -r docker port 2>/dev/null | sed 's/.*://'
  `;
  const lines = (await box.must(script)).split('\n').filter((line) => /^\d+$/.test(line));
  return [...new Set(lines.map(Number))];
}

function byNumber(a: number, b: number): number {
  return a - b;
}
