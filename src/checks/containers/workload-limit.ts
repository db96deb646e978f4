/** A container may take as much of a resource as the host has. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, pass } from '../../engine/check.ts';
import { citeSetting, workloadData } from '../../facts/workloads/cite.ts';
import { eachWorkload } from '../../facts/workloads/each-workload.ts';
import { leftOpen } from '../../facts/workloads/left-open.ts';
import { workloadsFact } from '../../facts/workloads/workloads.ts';

const messages = {
  memory:
    '`{name}` has no memory limit: one large prompt or a leak can take all of the host’s memory, and the kernel then kills what it likes.',
  cpu: '`{name}` has no processor limit: it can slow everything else on the host down.',
  pids: '`{name}` has no limit on processes: a fork bomb in it stops the whole host.',
};

const resources = {
  memory: { limit: 'memoryBytes', setting: 'memory' },
  cpu: { limit: 'cpus', setting: 'cpus' },
  pids: { limit: 'pids', setting: 'pids' },
} as const;

export const workloadLimit = defineCheck({
  id: 'workload-limit',
  needs: { workloads: workloadsFact },
  params: z.strictObject({ resource: z.enum(['memory', 'cpu', 'pids']) }),
  messages,
  evaluate: ({ workloads }, { resource }) =>
    eachWorkload<typeof messages>(workloads, (workload): Verdict<typeof messages>[] => {
      const { name } = workload;
      const { limit, setting } = resources[resource];
      const value = workload.limits[limit];
      const evidence = [citeSetting(workload, setting, value)];
      if (value !== null) return [pass(name, ...evidence)];
      const because = resource === 'pids' ? leftOpen(workload, 'pids') : null;
      if (because !== null) return [{ outcome: 'not-applicable', subject: name, because }];
      const data = workloadData(workload);
      return [{ outcome: 'fail', message: resource, subject: name, data, evidence }];
    }),
});
