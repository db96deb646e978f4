/** A container's process is root, and the host's root at that. */
import * as z from 'zod';
import { defineCheck, pass, undetermined } from '../../engine/check.ts';
import { gapsOf } from '../../host/evidence.ts';
import { processesFact } from '../../facts/processes.ts';
import { citeSetting, workloadData } from '../../facts/workloads/cite.ts';
import { eachWorkload } from '../../facts/workloads/each-workload.ts';
import { engineOfWorkload, enginesFact } from '../../facts/workloads/engine.ts';
import { linuxAlone } from '../../facts/workloads/left-open.ts';
import { isRootUser } from '../../facts/workloads/user.ts';
import { workloadsFact } from '../../facts/workloads/workloads.ts';

const messages = {
  configured: '`{name}` runs as root (user {user}): who breaks out of it is root on the host.',
  running:
    '`{name}` has a process that is root on this machine (pid {pid}), whatever user it was configured with.',
};

export const workloadUser = defineCheck({
  id: 'workload-user',
  needs: { workloads: workloadsFact },
  optional: { engines: enginesFact, processes: processesFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ workloads, engines, processes }) =>
    eachWorkload<typeof messages>(workloads, (workload) => {
      const { name, user, id } = workload;
      const foreign = linuxAlone(workload.os);
      if (foreign !== null) return [{ outcome: 'not-applicable', subject: name, because: foreign }];
      const configured = citeSetting(workload, 'user', user);
      const all = processes.state === 'known' ? processes.value : [];
      const own = all.filter(({ containerId }) => containerId !== null && containerId === id);
      const root = own.find(({ uid }) => uid === 0);
      const data = { ...workloadData(workload), user: user === '' ? 'not set' : user };
      if (root !== undefined) {
        const source = `/proc/${String(root.pid)}/status`;
        const evidence = [configured, { source, line: null, excerpt: `Uid: 0 (${root.name})` }];
        const message = isRootUser(user) ? 'configured' : 'running';
        return [{ outcome: 'fail', message, subject: name, data: { ...data, pid: root.pid }, evidence }];
      }
      const engine = engines.state === 'known' ? engineOfWorkload(workload, engines.value) : null;
      const mapped =
        workload.mapsRoot ||
        engine?.rootless === true ||
        (engine?.userns === true && workload.namespaces.user !== 'host');
      if (workload.refusesRoot === true) return [pass(name, configured)];
      // A running container tells the truth: an entrypoint may have given root up.
      if (mapped || !isRootUser(user)) return [pass(name, configured)];
      if (own.length > 0) {
        const whole = own.every(({ uid }) => uid > 0) && gapsOf(processes).length === 0;
        const because = `which user the processes of \`${name}\` run as was not wholly seen: run as root`;
        return [whole ? pass(name, configured) : undetermined(because, name)];
      }
      if (user === '' && workload.state === 'declared') {
        const remedy =
          workload.source === 'kubernetes'
            ? 'set runAsNonRoot or runAsUser'
            : `start \`${name}\`, or give it a user`;
        const because = `which user the image ${workload.image.reference} brings is not known: ${remedy}`;
        return [{ ...undetermined(because, name), evidence: [configured] }];
      }
      if (workload.source === 'kubernetes' && workload.namespaces.user === 'private') {
        const because = `whether root in \`${name}\` is mapped to another user (hostUsers: false) depends on the cluster: one that cannot map users ignores it`;
        return [{ ...undetermined(because, name), evidence: [configured] }];
      }
      return [{ outcome: 'fail', message: 'configured', subject: name, data, evidence: [configured] }];
    }),
});
