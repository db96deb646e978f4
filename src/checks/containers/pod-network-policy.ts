/** Every pod of the cluster may connect to a pod. */
import * as z from 'zod';
import { defineCheck, pass, undetermined } from '../../engine/check.ts';
import { citeManifest, eachPod, podData } from '../../facts/kubernetes/each-pod.ts';
import { manifestsFact } from '../../facts/kubernetes/manifests.ts';
import { inboundOf } from '../../facts/kubernetes/network-policy.ts';
import { podsFact } from '../../facts/kubernetes/pods.ts';

const messages = {
  none: '`{name}` is covered by no NetworkPolicy of this project: every pod of the cluster, in any namespace, may connect to it.',
  open: '`{name}` is covered by NetworkPolicy {policy}, which lets everybody in: every pod of the cluster may connect to it.',
};

export const podNetworkPolicy = defineCheck({
  id: 'pod-network-policy',
  needs: { pods: podsFact, manifests: manifestsFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ pods, manifests }) =>
    eachPod<typeof messages>(pods, (pod) => {
      const subject = pod.name;
      if (pod.spec.hostNetwork === true) {
        const because = 'it is on its node’s network, which no NetworkPolicy holds: host-network judges that';
        return { outcome: 'not-applicable', subject, because };
      }
      const [label] = Object.entries(pod.labels);
      const data = { ...podData(pod), ...(label === undefined ? {} : { label: label[0], value: label[1] }) };
      const inbound = inboundOf(pod, manifests);
      const own = citeManifest(pod, ['metadata', 'labels'], `labels: ${JSON.stringify(pod.labels)}`);
      if (inbound.state === 'none') {
        return { outcome: 'fail', message: 'none', subject, data, evidence: [own] };
      }
      const { kind, name } = inbound.policy;
      const evidence = [own, citeManifest(inbound.policy, ['spec', 'ingress'], `${kind} ${name}`)];
      if (inbound.state === 'closed') return pass(subject, ...evidence);
      if (inbound.state === 'unknown') {
        const because = `whether the ${kind} ${name} covers \`${subject}\` is not known: aisec reads NetworkPolicy of networking.k8s.io`;
        return { ...undetermined(because, subject), evidence };
      }
      return { outcome: 'fail', message: 'open', subject, data: { ...data, policy: name }, evidence };
    }),
});
