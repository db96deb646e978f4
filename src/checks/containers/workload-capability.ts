/** A container's root holds a capability that it should not. */
import * as z from 'zod';
import { defineCheck, pass } from '../../engine/check.ts';
import { hasCapability } from '../../facts/workloads/capabilities.ts';
import { citeSetting, workloadData } from '../../facts/workloads/cite.ts';
import { eachWorkload } from '../../facts/workloads/each-workload.ts';
import { workloadsFact } from '../../facts/workloads/workloads.ts';

const messages = {
  added: '`{name}` was given {capabilities}: {meaning}.',
  kept: '`{name}` keeps {capabilities} from the engine’s default set: {meaning}.',
  privileged: '`{name}` holds {capabilities} because it is privileged: {meaning}.',
};

export const workloadCapability = defineCheck({
  id: 'workload-capability',
  needs: { workloads: workloadsFact },
  params: z.strictObject({
    /** Upper case, without CAP_. */
    capabilities: z.array(z.string().regex(/^[A-Z_]+$/)).min(1),
    /** What holding them means, as a clause. */
    meaning: z.string().min(1),
  }),
  messages,
  evaluate: ({ workloads }, { capabilities, meaning }) =>
    eachWorkload<typeof messages>(workloads, (workload) => {
      const { name, capAdd, capDrop } = workload;
      const held = capabilities.filter((capability) => hasCapability(workload, capability));
      const evidence = [citeSetting(workload, 'capAdd', capAdd), citeSetting(workload, 'capDrop', capDrop)];
      if (held.length === 0) return [pass(name, ...evidence)];
      const added = capAdd.includes('ALL') || held.some((capability) => capAdd.includes(capability));
      const message = workload.privileged ? 'privileged' : added ? 'added' : 'kept';
      const data = { ...workloadData(workload), capabilities: held.join(', '), meaning };
      return [{ outcome: 'fail', message, subject: name, data, evidence }];
    }),
});
