/** A pod has an identity at the API server that it does not need. */
import * as z from 'zod';
import { defineCheck, pass, undetermined } from '../../engine/check.ts';
import { citeManifest, eachPod, podData } from '../../facts/kubernetes/each-pod.ts';
import { manifestsFact } from '../../facts/kubernetes/manifests.ts';
import { podsFact } from '../../facts/kubernetes/pods.ts';
import { serviceAccountOf } from '../../facts/kubernetes/service-account.ts';

const messages = {
  token:
    '`{name}` has the token of service account {account} mounted: who breaks in asks the API server with it for whatever that account may do.',
  default:
    '`{name}` runs as its namespace’s default service account, token included: every right that anybody gives that account, it has.',
};

export const podServiceAccount = defineCheck({
  id: 'pod-service-account',
  needs: { pods: podsFact, manifests: manifestsFact },
  params: z.strictObject({ what: z.enum(['token', 'default']) }),
  messages,
  evaluate: ({ pods, manifests }, { what }) =>
    eachPod<typeof messages>(pods, (pod) => {
      const subject = pod.name;
      const { name, isMounted, binding } = serviceAccountOf(pod, manifests);
      const token = pod.spec.automountServiceAccountToken ?? 'not set';
      const evidence = [
        citeManifest(
          pod,
          ['spec', 'automountServiceAccountToken'],
          `automountServiceAccountToken: ${String(token)}`,
        ),
        citeManifest(pod, ['spec', 'serviceAccountName'], `serviceAccountName: ${name}`),
      ];
      if (isMounted === false) return pass(subject, ...evidence);
      if (what === 'default') {
        if (name !== 'default') return pass(subject, ...evidence);
        return { outcome: 'fail', message: 'default', subject, data: podData(pod), evidence };
      }
      if (name !== 'default' && binding !== null) {
        const because = `its service account ${name} is given rights here (${binding}), so it needs the token`;
        return { outcome: 'not-applicable', subject, because };
      }
      if (isMounted === null) {
        const because = `whether service account ${name} mounts its token is not written in this project`;
        return { ...undetermined(because, subject), evidence };
      }
      return {
        outcome: 'fail',
        message: 'token',
        subject,
        data: { ...podData(pod), account: name },
        evidence,
      };
    }),
});
