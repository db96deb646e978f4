import { defineFact } from '../../engine/fact.ts';
import { known } from '../../host/evidence.ts';
import type { Workload } from '../workloads/workload.ts';

/** Services of a project's compose files, as Compose would run them. */
export const composeFact = defineFact<readonly Workload[]>({
  id: 'compose',
  kinds: ['project'],
  gather: () => Promise.resolve(known([], 'compose files')),
});
