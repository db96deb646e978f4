import { describe, expect, test } from '@jest/globals';
import { serviceExposure } from '../../../src/checks/containers/service-exposure.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { deployment, documents, readManifests } from '../../harness/manifests.ts';

const service = (spec: object) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 's' },
  spec: { selector: { app: 'app' }, ports: [{ port: 80 }], ...spec },
});
const proxies = ['traefik'];

async function judge(spec: object, container: object = {}) {
  const { services } = await readManifests(documents(deployment(container), service(spec)));
  return evaluate(serviceExposure, { services }, { proxies });
}

describe('service-exposure', () => {
  const balanced = { type: 'LoadBalancer', loadBalancerSourceRanges: ['10.0.0.0/8'] };
  test.each([
    ['pass', {}],
    ['pass', { type: 'ClusterIP', clusterIP: 'None' }],
    ['pass', { type: 'ExternalName', externalName: 'x' }],
    ['fail', { type: 'NodePort' }],
    ['fail', { type: 'LoadBalancer' }],
    ['fail', { externalIPs: ['192.0.2.1'] }],
    // Its ranges do not hold on the nodes' ports.
    ['fail', balanced],
    ['pass', { ...balanced, allocateLoadBalancerNodePorts: false }],
    ['fail', { ...balanced, allocateLoadBalancerNodePorts: false, loadBalancerSourceRanges: ['0.0.0.0/0'] }],
    ['undetermined', { type: 'NodePort', selector: { app: 'elsewhere' } }],
    ['undetermined', { type: 'NodePort', selector: null }],
  ])('%s: %j', async (outcome, spec) => {
    expect(await judge(spec)).toMatchObject([{ outcome, subject: 's' }]);
  });

  test('names the product and the doors', async () => {
    const [verdict] = await judge({ type: 'LoadBalancer' }, { image: 'ollama/ollama:1' });
    expect(verdict).toMatchObject({
      data: { behind: 'Ollama (app)', doors: 'a load balancer and a port of every node' },
    });
  });

  test('a proxy is meant for everybody', async () => {
    expect(await judge({ type: 'LoadBalancer' }, { image: 'docker.io/library/traefik:v3' })).toMatchObject([
      { outcome: 'pass' },
    ]);
  });

  test('a Service that no cluster takes is a gap', async () => {
    const { services, gaps } = await readManifests(documents(service({ type: 'Public' })));
    expect({ services, gaps }).toEqual({
      services: [],
      gaps: [expect.stringContaining('the Service s is none')],
    });
  });

  test('not-applicable without Services', () => {
    expect(evaluate(serviceExposure, { services: [] }, { proxies })).toMatchObject([
      { outcome: 'not-applicable' },
    ]);
  });
});
