import { describe, expect, test } from '@jest/globals';
import { workloadNetwork } from '../../../src/checks/containers/workload-network.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { workload } from '../../harness/docker-workload.ts';

const params = { categories: ['inference', 'database', 'vector-db'] };

function on(network: string, name: string, Image: string, HostIp: string | null = null) {
  const PortBindings = HostIp === null ? {} : { '80/tcp': [{ HostIp, HostPort: '80' }] };
  return workload(name, {
    config: { Image },
    host: { PortBindings },
    network: { Networks: { [network]: {} } },
  });
}

describe('workload-network', () => {
  test.each([
    ['fail', on('a', 'ui', 'some/ui', '')],
    ['pass', on('b', 'ui', 'some/ui', '')],
    ['pass', on('a', 'ui', 'some/ui', '127.0.0.1')],
    ['pass', on('a', 'ui', 'some/ui')],
  ])('%s', (outcome, neighbour) => {
    const workloads = [on('a', 'model', 'ollama/ollama'), neighbour];
    expect(evaluate(workloadNetwork, { workloads }, params)).toMatchObject([
      { outcome, subject: 'model' },
      { outcome: 'not-applicable', subject: 'ui' },
    ]);
  });

  test('who borrows a network is on it', () => {
    const model = workload('model', {
      config: { Image: 'ollama/ollama' },
      host: { NetworkMode: 'container:ui' },
      network: { Networks: {} },
    });
    const workloads = [model, on('a', 'ui', 'some/ui', '')];
    expect(evaluate(workloadNetwork, { workloads }, params)).toMatchObject([
      { outcome: 'fail', subject: 'model', data: { neighbour: 'ui' } },
      { outcome: 'not-applicable' },
    ]);
  });

  test('two containers without a network share none', () => {
    const workloads = [on('none', 'model', 'ollama/ollama'), on('none', 'ui', 'some/ui', '')];
    expect(evaluate(workloadNetwork, { workloads }, params)).toMatchObject([
      { outcome: 'pass' },
      { outcome: 'not-applicable' },
    ]);
  });

  test('not-applicable without containers', () => {
    expect(evaluate(workloadNetwork, { workloads: [] }, params)).toMatchObject([
      { outcome: 'not-applicable' },
    ]);
  });
});
