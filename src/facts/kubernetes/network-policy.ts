import * as z from 'zod';
import type { Manifest } from './manifest.ts';
import { isBeside } from './manifest.ts';
import type { Pod } from './pods.ts';
import { Selector, selects, takesAll } from './selector.ts';

/**
 * Who may open connections to a pod. `closed`: only those that a policy lets in; `open`: a policy takes it and lets everybody in;
 * `none`: no policy takes it.
 */
export type Inbound =
  | { readonly state: 'closed' | 'open'; readonly policy: Manifest }
  | { readonly state: 'none' }
  | { readonly state: 'unknown'; readonly policy: Manifest };

const Peer = z.object({
  ipBlock: z.object({ cidr: z.string(), except: z.array(z.string()).nullish() }).nullish(),
  namespaceSelector: Selector.nullish(),
  podSelector: Selector.nullish(),
});
type Peer = z.infer<typeof Peer>;

const Spec = z.object({
  podSelector: Selector.nullish(),
  policyTypes: z.array(z.string()).nullish(),
  ingress: z
    .array(z.object({ from: z.array(Peer).nullish(), ports: z.array(z.unknown()).nullish() }))
    .nullish(),
});

/** Policies of network plugins and of the cluster's administrator, which aisec does not read. */
const otherPolicies =
  /^(?:Cilium(?:Clusterwide)?NetworkPolicy|GlobalNetworkPolicy|(?:Baseline)?AdminNetworkPolicy)$/;

/** NetworkPolicies add up: one that lets everybody in is enough (Kubernetes, concepts/services-networking/network-policies). */
export function inboundOf(pod: Pod, manifests: readonly Manifest[]): Inbound {
  let closed: Manifest | null = null;
  let unread: Manifest | null = null;
  for (const manifest of manifests) {
    const isCalico = manifest.group.endsWith('projectcalico.org') && manifest.kind === 'NetworkPolicy';
    const isOther = isCalico || otherPolicies.test(manifest.kind);
    if (isOther) unread ??= manifest;
    if (
      manifest.kind !== 'NetworkPolicy' ||
      manifest.group !== 'networking.k8s.io' ||
      !isBeside(manifest, pod)
    )
      continue;
    const spec = Spec.safeParse(manifest.object.spec);
    if (!spec.success) {
      unread ??= manifest;
      continue;
    }
    const { podSelector, policyTypes, ingress } = spec.data;
    const isInbound =
      policyTypes === undefined ||
      policyTypes === null ||
      policyTypes.length === 0 ||
      policyTypes.includes('Ingress');
    if (!isInbound || !selects(podSelector ?? {}, pod.labels)) continue;
    const letsAllIn = (ingress ?? []).some(
      ({ from, ports }) => isEmpty(ports) && (isEmpty(from) || from?.some(isEverybody) === true),
    );
    if (letsAllIn) return { state: 'open', policy: manifest };
    closed ??= manifest;
  }
  if (closed !== null) return { state: 'closed', policy: closed };
  return unread === null ? { state: 'none' } : { state: 'unknown', policy: unread };
}

function isEmpty(list: readonly unknown[] | null | undefined): boolean {
  return list === undefined || list === null || list.length === 0;
}

/** Every address, or every pod of every namespace (networking/v1, NetworkPolicyPeer: an empty selector takes all). */
function isEverybody({ ipBlock, namespaceSelector, podSelector }: Peer): boolean {
  if (ipBlock !== undefined && ipBlock !== null) return /\/0+$/.test(ipBlock.cidr) && isEmpty(ipBlock.except);
  if (namespaceSelector === undefined || namespaceSelector === null) return false;
  return takesAll(namespaceSelector) && takesAll(podSelector ?? {});
}
