/** A container with a GPU has more than it needs: every card, or rights over the host. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import { gpuFact } from '../../facts/gpu/gpu.ts';
import { reachOf } from '../../facts/gpu/request-reach.ts';
import { hasCapability } from '../../facts/workloads/capabilities.ts';
import { citeSetting, workloadData } from '../../facts/workloads/cite.ts';
import { eachWorkload } from '../../facts/workloads/each-workload.ts';
import { namespaceOf } from '../../facts/workloads/shared-namespace.ts';
import type { Workload } from '../../facts/workloads/workload.ts';
import { workloadsFact } from '../../facts/workloads/workloads.ts';

const messages = {
  everyDevice:
    '`{name}` gets every GPU of this host ({count}): it can read and disturb what others compute on them.',
  excess:
    '`{name}` has a GPU and {excess}: with the GPU driver’s large kernel interface that is more than one way to the host.',
};

export const workloadGpu = defineCheck({
  id: 'workload-gpu',
  needs: { workloads: workloadsFact },
  optional: { gpu: gpuFact },
  params: z.strictObject({ what: z.enum(['every-device', 'excess']) }),
  messages,
  evaluate: ({ workloads, gpu }, { what }): readonly Verdict<typeof messages>[] => {
    const users = workloads.filter((workload) => workload.gpu !== null);
    if (users.length === 0) return [notApplicable('no container asks for a GPU')];
    const judge = (workload: Workload): Verdict<typeof messages> => {
      const { name, privileged } = workload;
      const data = workloadData(workload);
      const asked = citeSetting(workload, 'gpu', workload.gpu?.count, workload.gpu?.by);
      if (what === 'excess') {
        const excess = [
          ...(privileged ? ['is privileged'] : hasCapability(workload, 'SYS_ADMIN') ? ['SYS_ADMIN'] : []),
          ...(namespaceOf(workload, 'pid', workloads).mode === 'host'
            ? ['the host’s process namespace']
            : []),
        ].join(' and ');
        const evidence = [
          asked,
          citeSetting(workload, 'privileged', privileged),
          citeSetting(workload, 'capAdd', workload.capAdd),
          citeSetting(workload, 'pid', workload.namespaces.pid),
        ];
        if (excess === '') return pass(name, ...evidence);
        return { outcome: 'fail', message: 'excess', subject: name, data: { ...data, excess }, evidence };
      }
      if (workload.gpu === null) return pass(name, asked);
      if (gpu.state === 'unknown') {
        // Who asks for a number has chosen it.
        if (workload.gpu.count !== 'all') return pass(name, asked);
        return undetermined(`how many GPUs there are: ${gpu.detail}`, name);
      }
      const { cards: count, every } = reachOf(workload.gpu, gpu.value);
      if (every && count < 2)
        return { outcome: 'not-applicable', subject: name, because: 'there are not several GPUs' };
      if (!every) return pass(name, asked);
      return {
        outcome: 'fail',
        message: 'everyDevice',
        subject: name,
        data: { ...data, count },
        evidence: [asked],
      };
    };
    return eachWorkload<typeof messages>(users, (workload) => [judge(workload)]);
  },
});
