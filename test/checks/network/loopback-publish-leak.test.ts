import { describe, expect, test } from '@jest/globals';
import { loopbackPublishLeak } from '../../../src/checks/network/loopback-publish-leak.ts';
import type { Exposure } from '../../../src/engine/report.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { exposure } from '../../harness/exposures.ts';
import { workload } from '../../harness/docker-workload.ts';

const n8n = { ...workload('n8n'), addresses: ['172.17.0.3'] };
const lan = [{ interface: 'eth0', scopes: ['lan' as const], sources: ['10.0.0.0/24'], routerNeeded: false }];

function judged(over: Partial<Exposure>) {
  const published = exposure({ workload: 'n8n', address: '127.0.0.1', port: 5678, scope: 'lan', ...over });
  return evaluate(loopbackPublishLeak, { exposures: [published], workloads: [n8n] });
}

describe('loopback-publish-leak', () => {
  test('fails by who reaches it all the same, and names the address to close', () => {
    const path = ['docker publishes 127.0.0.1:5678 → n8n:5678', 'over eth0, routed to 172.17.0.3'];
    expect(judged({ reachableFrom: lan, path })).toMatchObject([
      {
        outcome: 'fail',
        message: 'leak',
        data: { interface: 'eth0', address: '172.17.0.3', from: '10.0.0.0/24', way: path[1] },
      },
    ]);
  });

  test.each<[string, Partial<Exposure>]>([
    ['pass', { scope: 'loopback', reachableFrom: [] }],
    [
      'pass',
      {
        scope: 'containers',
        reachableFrom: [
          { interface: 'docker0', scopes: ['containers'], sources: ['172.17.0.0/16'], routerNeeded: false },
        ],
      },
    ],
    ['undetermined', { scope: 'unknown', reachableFrom: [] }],
    ['not-applicable', { address: '0.0.0.0', reachableFrom: lan }],
    ['not-applicable', { workload: null, reachableFrom: lan }],
  ])('%s for %j', (outcome, over) => {
    expect(judged(over)).toMatchObject([{ outcome }]);
  });
});
