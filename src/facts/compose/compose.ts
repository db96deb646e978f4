import { defineFact } from '../../engine/fact.ts';
import { mapEvidence } from '../../host/evidence.ts';
import type { Workload } from '../workloads/workload.ts';
import { nameWorkloads } from './names.ts';
import { composeProjectsFact } from './projects.ts';

/**
 * Services of a project's compose files, as Compose would run them, those behind profiles included. What the files
 * do not tell of a service is in its `unsettled`; files that could not be read are gaps.
 */
export const composeFact = defineFact<readonly Workload[]>({
  id: 'compose',
  kinds: ['project'],
  gather: async (_, read) => mapEvidence(await read(composeProjectsFact), nameWorkloads),
});
