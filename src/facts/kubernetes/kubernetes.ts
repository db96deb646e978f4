import { defineFact } from '../../engine/fact.ts';
import { known } from '../../host/evidence.ts';
import type { Workload } from '../workloads/workload.ts';

/** Containers of the pods that a project's Kubernetes manifests describe. */
export const kubernetesFact = defineFact<readonly Workload[]>({
  id: 'kubernetes',
  kinds: ['project'],
  gather: () => Promise.resolve(known([], 'Kubernetes manifests')),
});
