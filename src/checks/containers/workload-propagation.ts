/** Mounts made inside a container appear on the host. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, pass } from '../../engine/check.ts';
import { citeSetting, workloadData } from '../../facts/workloads/cite.ts';
import { eachWorkload } from '../../facts/workloads/each-workload.ts';
import { workloadsFact } from '../../facts/workloads/workloads.ts';

const messages = {
  shared:
    '`{name}` mounts {source} with propagation {propagation}: what it mounts under {target} appears on the host, over what was there.',
};

export const workloadPropagation = defineCheck({
  id: 'workload-propagation',
  needs: { workloads: workloadsFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ workloads }) =>
    eachWorkload<typeof messages>(workloads, (workload) => {
      const { name } = workload;
      const shared = workload.mounts.filter(({ propagation }) => /^r?shared$/.test(propagation));
      const cite = (propagation: string, target?: string) =>
        citeSetting(workload, 'propagation', propagation, target);
      if (shared.length === 0) {
        return [pass(name, cite(workload.mounts.map(({ propagation }) => propagation).join(', ')))];
      }
      return shared.map(({ source, target, propagation }): Verdict<typeof messages> => {
        const data = { ...workloadData(workload), source, target, propagation };
        const evidence = [cite(propagation, target)];
        return { outcome: 'fail', message: 'shared', subject: `${name} ${source}`, data, evidence };
      });
    }),
});
