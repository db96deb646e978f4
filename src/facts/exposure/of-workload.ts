import type { Exposure } from '../../engine/report.ts';
import { remembered } from '../remember.ts';

/** Published ports and own addresses of a container. */
export function exposuresOfWorkload(exposures: readonly Exposure[], name: string): readonly Exposure[] {
  return byWorkload(exposures).get(name) ?? [];
}

/** Every container asks for its own among all of them. */
const byWorkload = remembered((exposures: readonly Exposure[]): ReadonlyMap<string, Exposure[]> => {
  const found = new Map<string, Exposure[]>();
  for (const exposure of exposures) {
    if (exposure.workload === null) continue;
    const own = found.get(exposure.workload) ?? [];
    own.push(exposure);
    found.set(exposure.workload, own);
  }
  return found;
});
