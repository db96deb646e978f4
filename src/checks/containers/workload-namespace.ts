/** A container is in one of the host's namespaces, its own choice or another container's. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, pass, undetermined } from '../../engine/check.ts';
import { citeKernel, citeSetting, workloadData } from '../../facts/workloads/cite.ts';
import { eachWorkload } from '../../facts/workloads/each-workload.ts';
import { engineOfWorkload, enginesFact } from '../../facts/workloads/engine.ts';
import { leftOpen, linuxAlone } from '../../facts/workloads/left-open.ts';
import { namespaceOf, namespaceSettings, wayThrough } from '../../facts/workloads/shared-namespace.ts';
import type { NamespaceKind, Workload } from '../../facts/workloads/workload.ts';
import { workloadsFact } from '../../facts/workloads/workloads.ts';

const messages = {
  own: '`{name}` is in the host’s {namespace} namespace: {meaning}.',
  kernel:
    '`{name}` is in the host’s {namespace} namespace, as the kernel has it (pid {pid}), whatever it was configured with: {meaning}.',
  borrowed: '`{name}` is in the host’s {namespace} namespace through `{through}`: {meaning}.',
};

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
      if (namespace === 'user' && workload.source === 'podman' && workload.namespaces.user === 'default') {
        const because = 'Podman maps no users unless it is told, so there is no user namespace to leave';
        return [{ outcome: 'not-applicable', subject: name, because }];
      }
      const answer = namespaceOf(workload, namespace, workloads);
      const { mode, through, owner } = answer;
      const isUnsaid = mode === 'default' && (namespace === 'user' || namespace === 'cgroup');
      // A HostProcess pod of Windows is on its node's network, too.
      const foreign = namespace === 'network' ? null : linuxAlone(workload.os);
      const because = isUnsaid ? (foreign ?? leftOpen(workload, namespace)) : foreign;
      if (because !== null) return [{ outcome: 'not-applicable', subject: name, because }];
      const evidence = [citeSetting(workload, namespaceSettings[namespace], workload.namespaces[namespace])];
      const shared = sharesOf(workload, namespace);
      const isMapped = namespace !== 'user' || mapsUsers === true || mode === 'private';
      if (shared === true && mode !== 'host' && isMapped && workload.kernel !== null) {
        const { pid } = workload.kernel;
        const seen = citeKernel(workload.kernel, links[namespace] ?? 'status', 'the same as that of /proc/1');
        const data = { ...workloadData(workload), namespace, meaning, pid };
        return [{ outcome: 'fail', message: 'kernel', subject: name, data, evidence: [seen, ...evidence] }];
      }
      // What was not known, the kernel proves: its first process is in another namespace than this machine's init.
      if (shared === false && (mode === null || mode === 'default')) return [pass(name, ...evidence)];
      if (mode === null) {
        const because = `\`${name}\` shares the ${namespace} namespace of container ${wayThrough(answer, ', then ')}, which is not there to ask`;
        return [{ ...undetermined(because, name), evidence }];
      }
      if (mode === 'default' && namespace !== 'user') {
        const because = `\`${name}\` does not say, and whether the engine then gives it the host’s ${namespace} namespace depends on the kernel: start it and run again`;
        return [{ ...undetermined(because, name), evidence }];
      }
      if (mode !== 'host') return [pass(name, ...evidence)];
      const data = {
        ...workloadData(workload),
        ...(owner.directory === null ? {} : { ownerDirectory: owner.directory }),
        ...{ namespace, meaning, owner: owner.name, through: wayThrough(answer, ' and ') },
      };
      const message = through.length === 0 ? 'own' : 'borrowed';
      return [{ outcome: 'fail', message, subject: name, data, evidence }];
    });
  },
});

/** Under /proc/PID; of the namespace of processes the status file tells. */
const links: Readonly<Record<string, string>> = { network: 'ns/net', ipc: 'ns/ipc', user: 'ns/user' };

/** Whether the kernel has it in the host's own; `null` where that was not seen. */
function sharesOf({ kernel }: Workload, namespace: NamespaceKind): boolean | null {
  if (kernel === null || namespace === 'uts' || namespace === 'cgroup') return null;
  return kernel.shares[namespace];
}
