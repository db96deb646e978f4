/** A container is in one of the host's namespaces, its own choice or another container's. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, pass, undetermined } from '../../engine/check.ts';
import { citeSetting, workloadData } from '../../facts/workloads/cite.ts';
import { eachWorkload } from '../../facts/workloads/each-workload.ts';
import { engineOfWorkload, enginesFact } from '../../facts/workloads/engine.ts';
import { namespaceOf } from '../../facts/workloads/shared-namespace.ts';
import { workloadsFact } from '../../facts/workloads/workloads.ts';

const messages = {
  own: '`{name}` is in the host’s {namespace} namespace: {meaning}.',
  borrowed: '`{name}` is in the host’s {namespace} namespace through `{through}`: {meaning}.',
};

const settings = {
  network: 'network',
  pid: 'pid',
  ipc: 'ipc',
  uts: 'uts',
  user: 'userns',
  cgroup: 'cgroup',
} as const;

export const workloadNamespace = defineCheck({
  id: 'workload-namespace',
  needs: { workloads: workloadsFact },
  optional: { engines: enginesFact },
  params: z.strictObject({
    namespace: z.enum(['network', 'pid', 'ipc', 'uts', 'user', 'cgroup']),
    /** What sharing it means, as a clause. */
    meaning: z.string().min(1),
  }),
  messages,
  evaluate: ({ workloads, engines }, { namespace, meaning }) => {
    const known = engines.state === 'known' ? engines.value : [];
    return eachWorkload<typeof messages>(workloads, (workload): Verdict<typeof messages>[] => {
      const { name } = workload;
      const mapsUsers = engineOfWorkload(workload, known)?.userns ?? null;
      if (namespace === 'user' && mapsUsers === false) {
        const because = 'the engine maps no container users, so there is no user namespace to leave';
        return [{ outcome: 'not-applicable', subject: name, because }];
      }
      const { mode, through, owner } = namespaceOf(workload, namespace, workloads);
      const evidence = [citeSetting(workload, settings[namespace], workload.namespaces[namespace])];
      if (mode === null) {
        const because = `\`${name}\` shares the ${namespace} namespace of container ${through.join(', then ')}, which is not there to ask`;
        return [{ ...undetermined(because, name), evidence }];
      }
      if (mode === 'default' && namespace === 'cgroup') {
        const because = `\`${name}\` does not say, and whether the engine then gives it the host’s ${namespace} namespace depends on the kernel: start it and run again`;
        return [{ ...undetermined(because, name), evidence }];
      }
      if (mode !== 'host') return [pass(name, ...evidence)];
      const data = {
        ...workloadData(workload),
        ...(owner.directory === null ? {} : { ownerDirectory: owner.directory }),
        ...{ namespace, meaning, owner: owner.name, through: through.join(' and ') },
      };
      const message = through.length === 0 ? 'own' : 'borrowed';
      return [{ outcome: 'fail', message, subject: name, data, evidence }];
    });
  },
});
