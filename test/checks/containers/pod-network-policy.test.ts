import { describe, expect, test } from '@jest/globals';
import { podNetworkPolicy } from '../../../src/checks/containers/pod-network-policy.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { deployment, documents, readManifests } from '../../harness/manifests.ts';

const policy = (spec: object, changes: object = {}) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'p' },
  spec: { podSelector: {}, ...spec },
  ...changes,
});
const other = { matchLabels: { app: 'other' } };
const peers = { ingress: [{ from: [{ podSelector: {} }] }] };

describe('pod-network-policy', () => {
  test.each([
    ['none', [], 'fail'],
    ['deny all', [policy({})], 'pass'],
    ['some may come', [policy(peers)], 'pass'],
    ['everybody at one port is a choice', [policy({ ingress: [{ ports: [{ port: 80 }] }] })], 'pass'],
    ['everybody', [policy({ ingress: [{}] })], 'fail'],
    ['everybody, by an empty list', [policy({ ingress: [{ from: [] }] })], 'fail'],
    ['policies add up', [policy(peers), policy({ ingress: [{}] })], 'fail'],
    ['of other pods', [policy({ podSelector: other })], 'fail'],
    ['of another namespace', [policy({}, { metadata: { name: 'p', namespace: 'x' } })], 'fail'],
    ['named as default', [policy({}, { metadata: { name: 'p', namespace: 'default' } })], 'pass'],
    ['only what goes out', [policy({ policyTypes: ['Egress'], egress: [] })], 'fail'],
    ['of Cilium', [policy({}, { apiVersion: 'cilium.io/v2', kind: 'CiliumNetworkPolicy' })], 'undetermined'],
    ['of Calico', [policy({}, { apiVersion: 'projectcalico.org/v3' })], 'undetermined'],
    ['one that cannot be read', [policy({ podSelector: 'x' })], 'undetermined'],
  ])('%s', async (_, policies, outcome) => {
    const facts = await readManifests(documents(deployment(), ...policies));
    expect(evaluate(podNetworkPolicy, { ...facts })).toMatchObject([{ outcome, subject: 'app' }]);
  });

  test('not-applicable on the node’s network, and without pods', async () => {
    const facts = await readManifests(documents(deployment({}, { hostNetwork: true }), policy({})));
    expect(evaluate(podNetworkPolicy, { ...facts })).toMatchObject([
      { outcome: 'not-applicable', subject: 'app' },
    ]);
    const none = evaluate(podNetworkPolicy, { pods: [], manifests: [] });
    expect(none).toMatchObject([{ outcome: 'not-applicable' }]);
  });
});
