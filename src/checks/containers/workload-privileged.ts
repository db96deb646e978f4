/** A container has every right of the host's root. */
import * as z from 'zod';
import { defineCheck, pass } from '../../engine/check.ts';
import { citeKernel, citeSetting, workloadData } from '../../facts/workloads/cite.ts';
import { eachWorkload } from '../../facts/workloads/each-workload.ts';
import { workloadsFact } from '../../facts/workloads/workloads.ts';

const messages = {
  privileged:
    '`{name}` runs privileged: every capability and device of the host is its own, so who breaks into it is root on the host.',
  kernel:
    '`{name}` can hold every capability of this machine, as the kernel has it (pid {pid}), whatever it was configured with: who breaks into it can take over this machine.',
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
      const { name: subject, privileged, capAdd, kernel } = workload;
      const data = workloadData(workload);
      if (privileged) {
        const evidence = [citeSetting(workload, 'privileged', true)];
        return [{ outcome: 'fail', message: 'privileged', subject, data, evidence }];
      }
      const evidence = [citeSetting(workload, 'capAdd', capAdd)];
      if (!capAdd.includes('ALL')) {
        // In a user namespace of its own they are rights over that alone.
        if (kernel?.hasEveryCapability !== true || kernel.shares.user !== true) {
          return [pass(subject, ...evidence)];
        }
        const seen = citeKernel(kernel, 'status', 'CapBnd: every capability of init');
        const more = { ...data, pid: kernel.pid };
        return [{ outcome: 'fail', message: 'kernel', subject, data: more, evidence: [seen, ...evidence] }];
      }
      return [{ outcome: 'fail', message: 'everyCapability', subject, data, evidence }];
    }),
});
