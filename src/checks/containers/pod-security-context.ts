/** A pod's securityContext leaves open what Kubernetes does not guard by itself: system calls, and the user. */
import * as z from 'zod';
import { defineCheck, pass } from '../../engine/check.ts';
import { citeManifest, eachPod, podData } from '../../facts/kubernetes/each-pod.ts';
import type { Pod } from '../../facts/kubernetes/pods.ts';
import { podsFact } from '../../facts/kubernetes/pods.ts';
import type { Security } from '../../facts/kubernetes/security.ts';
import { securityOf } from '../../facts/kubernetes/security.ts';
import { linuxAlone } from '../../facts/workloads/left-open.ts';

const messages = {
  seccomp:
    '`{name}` names no seccomp profile ({containers}): unless its kubelet has one by default, every system call is open to who breaks in.',
  annotated:
    '`{name}` names its seccomp profile by annotation alone ({containers}), which Kubernetes 1.27 and newer ignore: every system call is open to who breaks in.',
  root: '`{name}` may run as root ({containers}): nothing refuses an image, or an update of it, whose user is root.',
};

const guards = {
  seccomp: {
    path: ['spec', 'securityContext', 'seccompProfile'],
    isOpen: ({ confinement }: Security) => confinement.seccomp === 'default',
  },
  root: {
    path: ['spec', 'securityContext', 'runAsNonRoot'],
    isOpen: ({ runAsNonRoot, runAsUser }: Security) => !runAsNonRoot && (runAsUser ?? 0) === 0,
  },
} as const;

export const podSecurityContext = defineCheck({
  id: 'pod-security-context',
  needs: { pods: podsFact },
  params: z.strictObject({ guard: z.enum(['seccomp', 'root']) }),
  messages,
  evaluate: ({ pods }, { guard }) =>
    eachPod<typeof messages>(pods, (pod) => {
      const { path, isOpen } = guards[guard];
      const subject = pod.name;
      const foreign = linuxAlone(pod.spec.os?.name);
      if (foreign !== null) return { outcome: 'not-applicable', subject, because: foreign };
      const all = pod.containers.map((container) => ({
        name: container.spec.name,
        ...securityOf(pod, container),
      }));
      // Without a filter, whatever else it says: seccomp-off judges that.
      const isOff = ({ privileged, confinement }: Security) => privileged || confinement.seccomp === 'off';
      const judged = guard === 'seccomp' ? all.filter((each) => !isOff(each)) : all;
      if (judged.length === 0) {
        const because = 'its containers are privileged or unconfined: seccomp-off judges that';
        return { outcome: 'not-applicable', subject, because };
      }
      const open = judged.filter(isOpen).map(({ name }) => name);
      const setting = path.at(-1) ?? '';
      const excerpt = open.length === 0 ? `${setting}: set` : `${setting}: not set for ${open.join(', ')}`;
      const evidence = [citeManifest(pod, path, excerpt)];
      if (open.length === 0) return pass(subject, ...evidence);
      const message = guard === 'seccomp' && isAnnotated(pod) ? 'annotated' : guard;
      const data = { ...podData(pod), containers: open.join(', ') };
      return { outcome: 'fail', message, subject, data, evidence };
    }),
});

function isAnnotated({ annotations }: Pod): boolean {
  return Object.keys(annotations).some((key) =>
    /(?:^|\.)seccomp\.security\.alpha\.kubernetes\.io\//.test(key),
  );
}
