/** A container's root holds a capability that it should not. */
import * as z from 'zod';
import { defineCheck, pass } from '../../engine/check.ts';
import { hasCapability } from '../../facts/workloads/capabilities.ts';
import { citeKernel, citeSetting, workloadData } from '../../facts/workloads/cite.ts';
import { eachWorkload } from '../../facts/workloads/each-workload.ts';
import { linuxAlone } from '../../facts/workloads/left-open.ts';
import type { Workload } from '../../facts/workloads/workload.ts';
import { workloadsFact } from '../../facts/workloads/workloads.ts';

const messages = {
  added: '`{name}` was given {capabilities}: {meaning}.',
  kept: '`{name}` keeps {capabilities} from the engine’s default set: {meaning}.',
  kernel:
    '`{name}` can hold {capabilities}, as the kernel has it (pid {pid}), whatever it was configured with: {meaning}.',
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
      const foreign = linuxAlone(workload.os);
      if (foreign !== null) return [{ outcome: 'not-applicable', subject: name, because: foreign }];
      const held = capabilities.filter((capability) => hasCapability(workload, capability));
      const evidence = [citeSetting(workload, 'capAdd', capAdd), citeSetting(workload, 'capDrop', capDrop)];
      const data = { ...workloadData(workload), capabilities: held.join(', '), meaning };
      if (held.length === 0) {
        const beyond = heldBeyond(workload, capabilities);
        if (beyond === null) return [pass(name, ...evidence)];
        const { pid, names } = beyond;
        const more = { ...data, capabilities: names.join(', '), pid };
        const seen = citeKernel(beyond, 'status', `CapEff, CapBnd: ${names.join(', ')}`);
        return [
          { outcome: 'fail', message: 'kernel', subject: name, data: more, evidence: [seen, ...evidence] },
        ];
      }
      const added = capAdd.includes('ALL') || held.some((capability) => capAdd.includes(capability));
      const shown = workload.privileged ? [citeSetting(workload, 'privileged', true)] : evidence;
      const message = workload.privileged ? 'privileged' : added ? 'added' : 'kept';
      return [{ outcome: 'fail', message, subject: name, data, evidence: shown }];
    }),
});

/** What the first process has although nobody configured it; the other way round proves nothing of the next start. */
function heldBeyond({ kernel }: Workload, capabilities: readonly string[]) {
  if (kernel === null) return null;
  const has = [...kernel.effective, ...kernel.bounding];
  const names = capabilities.filter((capability) => has.includes(capability));
  return names.length === 0 ? null : { ...kernel, names };
}
