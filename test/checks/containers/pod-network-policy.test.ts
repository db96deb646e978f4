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
const from = (...each: object[]) => policy({ ingress: [{ from: each }] });
const everyAddress = { ipBlock: { cidr: '0.0.0.0/0' } };
const peers = { ingress: [{ from: [{ podSelector: {} }] }] };

describe('pod-network-policy', () => {
  test.each([
    ['none', [], 'fail'],
    ['deny all', [policy({})], 'pass'],
    ['some may come', [policy(peers)], 'pass'],
    ['everybody at one port is a choice', [policy({ ingress: [{ ports: [{ port: 80 }] }] })], 'pass'],
    ['everybody', [policy({ ingress: [{}] })], 'fail'],
    ['everybody, by an empty list', [policy({ ingress: [{ from: [] }] })], 'fail'],
    ['every address', [from(everyAddress)], 'fail'],
    [
      'every address of IPv6, among others',
      [from({ podSelector: {} }, { ipBlock: { cidr: '::/0' } })],
      'fail',
    ],
    ['every namespace', [from({ namespaceSelector: {} })], 'fail'],
    [
      'every pod of every namespace',
      [from({ namespaceSelector: { matchLabels: {} }, podSelector: {} })],
      'fail',
    ],
    ['some addresses', [from({ ipBlock: { cidr: '10.0.0.0/8' } })], 'pass'],
    ['all but some', [from({ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] } })], 'pass'],
    ['some namespaces', [from({ namespaceSelector: other })], 'pass'],
    ['some pods of every namespace', [from({ namespaceSelector: {}, podSelector: other })], 'pass'],
    [
      'every address at one port',
      [policy({ ingress: [{ from: [everyAddress], ports: [{ port: 80 }] }] })],
      'pass',
    ],
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
