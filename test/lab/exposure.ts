import type { Report } from '../../src/engine/report.ts';
import type { Box } from './box.ts';

export interface Reach {
  readonly lan: readonly number[];
  readonly internet: readonly number[];
}

/** What the neighbours of a box reach, by trying: the truth that a report is held against. */
export async function reachOf(box: Box): Promise<Reach> {
  const [ports, containers] = await Promise.all([tcpPorts(box), containerPorts(box)]);
  const [lan, link, internet, ...direct] = await Promise.all([
    box.neighbour.openPorts(ports, 'lan'),
    box.neighbour.openPorts(ports, 'lan', '127.0.0.1'),
    box.neighbour.openPorts(ports, 'internet'),
    ...containers.map(({ address, port }) => box.neighbour.openPorts([port], 'lan', address)),
  ]);
  const all = new Set([...lan, ...link, ...direct.flat()]);
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

/** Ports at containers' own addresses, for a neighbour who routes there through the box. */
async function containerPorts(box: Box): Promise<{ address: string; port: number }[]> {
  const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}{{json .NetworkSettings.Ports}}';
  const text = await box.must(
    `docker ps -q 2>/dev/null | xargs -r docker inspect -f '${format}' 2>/dev/null || true`,
  );
  return text.split('\n').flatMap((line) => {
    const [, address = '', json = '{}'] = /^(\d+\.\d+\.\d+\.\d+) .*?(\{.*\})$/.exec(line) ?? [];
    const keys = Object.keys(JSON.parse(json) as object);
    return keys.flatMap((key) => {
      const [, port] = /^(\d+)\/tcp$/.exec(key) ?? [];
      return address === '' || port === undefined ? [] : [{ address, port: Number(port) }];
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
