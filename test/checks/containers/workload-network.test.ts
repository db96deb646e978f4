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

  test('not-applicable without containers', () => {
    expect(evaluate(workloadNetwork, { workloads: [] }, params)).toMatchObject([
      { outcome: 'not-applicable' },
    ]);
  });
});
