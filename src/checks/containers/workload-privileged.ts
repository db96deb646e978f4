/** A container has every right of the host's root. */
import * as z from 'zod';
import { defineCheck, pass } from '../../engine/check.ts';
import { citeSetting, workloadData } from '../../facts/workloads/cite.ts';
import { eachWorkload } from '../../facts/workloads/each-workload.ts';
import { workloadsFact } from '../../facts/workloads/workloads.ts';

const messages = {
  privileged:
    '`{name}` runs privileged: every capability and device of the host is its own, so who breaks into it is root on the host.',
  everyCapability:
    '`{name}` was given every capability (cap-add ALL): who breaks into it can take over this machine.',
};

export const workloadPrivileged = defineCheck({
  id: 'workload-privileged',
  needs: { workloads: workloadsFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ workloads }) =>
    eachWorkload<typeof messages>(workloads, (workload) => {
      const { name: subject, privileged, capAdd } = workload;
      const data = workloadData(workload);
      if (privileged) {
        const evidence = [citeSetting(workload, 'privileged', true)];
        return [{ outcome: 'fail', message: 'privileged', subject, data, evidence }];
      }
      const evidence = [citeSetting(workload, 'capAdd', capAdd)];
      if (!capAdd.includes('ALL')) return [pass(subject, ...evidence)];
      return [{ outcome: 'fail', message: 'everyCapability', subject, data, evidence }];
    }),
});
