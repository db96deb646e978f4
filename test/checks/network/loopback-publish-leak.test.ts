import { describe, expect, test } from '@jest/globals';
import { loopbackPublishLeak } from '../../../src/checks/network/loopback-publish-leak.ts';
import type { Exposure } from '../../../src/engine/report.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { exposure } from '../../harness/exposures.ts';
import { workload } from '../../harness/docker-workload.ts';

const n8n = {
  ...workload('n8n'),
  addresses: ['172.17.0.3'],
  publishes: [{ proto: 'tcp', hostAddress: '127.0.0.1', hostPort: 5678, containerPort: 80, active: true }],
};
const from = (device: string, scope: 'lan' | 'containers') => [
  { interface: device, scopes: [scope], sources: ['10.0.0.0/24'], routerNeeded: false },
];

/** The published port, and the container's own address behind it. */
function judged(published: Partial<Exposure>, own: Partial<Exposure> = {}) {
  const nobody: Partial<Exposure> = { workload: 'n8n', scope: 'loopback', reachableFrom: [] };
  const exposures = [
    exposure({ ...nobody, kind: 'published', address: '127.0.0.1', port: 5678, ...published }),
    exposure({ ...nobody, kind: 'container', address: '172.17.0.3', port: 80, ...own }),
  ];
  return evaluate(loopbackPublishLeak, { exposures, workloads: [n8n] });
}

describe('loopback-publish-leak', () => {
  test('fails by who routes to the container, and names the address to close', () => {
    expect(judged({}, { scope: 'lan', reachableFrom: from('eth0', 'lan') })).toMatchObject([
      {
        outcome: 'fail',
        message: 'leak',
        data: { interface: 'eth0', address: '172.17.0.3', from: '10.0.0.0/24', way: 'at 172.17.0.3' },
      },
    ]);
  });

  test('fails once for an interface, however many ways there are', () => {
    const open = { scope: 'lan', reachableFrom: from('eth0', 'lan') } as const;
    expect(judged(open, open)).toMatchObject([
      { outcome: 'fail', data: { way: 'at 127.0.0.1 and at 172.17.0.3' } },
    ]);
  });

  test.each<[string, Partial<Exposure>, Partial<Exposure>]>([
    ['pass', {}, {}],
    ['pass', {}, { scope: 'containers', reachableFrom: from('docker0', 'containers') }],
    ['pass', {}, { workload: 'other', scope: 'lan', reachableFrom: from('eth0', 'lan') }],
    ['pass', {}, { port: 8081, scope: 'lan', reachableFrom: from('eth0', 'lan') }],
    ['undetermined', {}, { scope: 'unknown' }],
    ['undetermined', { scope: 'unknown' }, {}],
    ['not-applicable', { address: '0.0.0.0' }, {}],
    ['not-applicable', { kind: 'socket' }, {}],
  ])('%s for %j and %j', (outcome, published, own) => {
    expect(judged(published, own)).toMatchObject([{ outcome }]);
  });
});
