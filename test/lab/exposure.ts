import type { Report } from '../../src/engine/report.ts';
import type { Box } from './box.ts';

export interface Reach {
  readonly lan: readonly number[];
  readonly internet: readonly number[];
}

/** What the neighbours of a box reach, by trying: the truth that a report is held against. */
export async function reachOf(box: Box): Promise<Reach> {
  const ports = await tcpPorts(box);
  const [lan, internet] = await Promise.all([
    box.neighbour.openPorts(ports, 'lan'),
    box.neighbour.openPorts(ports, 'internet'),
  ]);
  return { lan: lan.toSorted(byNumber), internet: internet.toSorted(byNumber) };
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
