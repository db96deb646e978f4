/** A container may take as much of a resource as the host has. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, pass } from '../../engine/check.ts';
import { capacityFact } from '../../facts/capacity.ts';
import { citeSetting, workloadData } from '../../facts/workloads/cite.ts';
import { eachWorkload } from '../../facts/workloads/each-workload.ts';
import { leftOpen } from '../../facts/workloads/left-open.ts';
import { workloadsFact } from '../../facts/workloads/workloads.ts';

const messages = {
  memory:
    '`{name}` has no memory limit: one large prompt or a leak can take all of the host’s memory, and the kernel then kills what it likes.',
  cpu: '`{name}` has no processor limit: it can slow everything else on the host down.',
  pids: '`{name}` has no limit on processes: a fork bomb in it stops the whole host.',
  wideMemory:
    '`{name}` may use {limit} of memory, and the host has no more: one large prompt or a leak can take all of it, and the kernel then kills what it likes.',
  wideCpu:
    '`{name}` may use as many processors as the host has ({limit}): it can slow everything else on the host down.',
  widePids:
    '`{name}` may start {limit} processes, and the host holds no more: a fork bomb in it stops the whole host.',
};

const resources = {
  memory: { limit: 'memoryBytes', setting: 'memory', capacity: 'memory', wide: 'wideMemory' },
  cpu: { limit: 'cpus', setting: 'cpus', capacity: 'processors', wide: 'wideCpu' },
  pids: { limit: 'pids', setting: 'pids', capacity: 'tasks', wide: 'widePids' },
} as const;

export const workloadLimit = defineCheck({
  id: 'workload-limit',
  needs: { workloads: workloadsFact },
  // Where it is not known how much the host has, any limit counts.
  optional: { capacity: capacityFact },
  params: z.strictObject({ resource: z.enum(['memory', 'cpu', 'pids']) }),
  messages,
  evaluate: ({ workloads, capacity }, { resource }) => {
    const { limit, setting, capacity: kind, wide } = resources[resource];
    const most = (capacity.state === 'known' ? capacity.value[kind] : null) ?? Infinity;
    return eachWorkload<typeof messages>(workloads, (workload): Verdict<typeof messages>[] => {
      const { name } = workload;
      const value = workload.limits[limit];
      const evidence = [citeSetting(workload, setting, value)];
      if (value !== null && value < most) return [pass(name, ...evidence)];
      const fail = { outcome: 'fail', subject: name, evidence } as const;
      const data = workloadData(workload);
      if (value !== null) {
        const words = resource === 'memory' ? `${(value / 2 ** 30).toFixed(1)} GiB` : value;
        return [{ ...fail, message: wide, data: { ...data, limit: words } }];
      }
      const because = resource === 'pids' ? leftOpen(workload, 'pids') : null;
      return because === null
        ? [{ ...fail, message: resource, data }]
        : [{ outcome: 'not-applicable', subject: name, because }];
    });
  },
});
