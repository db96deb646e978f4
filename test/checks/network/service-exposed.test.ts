import { describe, expect, test } from '@jest/globals';
import { serviceExposed } from '../../../src/checks/network/service-exposed.ts';
import type { Exposure } from '../../../src/engine/report.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { workload } from '../../harness/docker-workload.ts';
import { exposure, noStopgaps } from '../../harness/exposures.ts';
import { serviceOnHost } from '../../harness/services.ts';

const ollama = serviceOnHost('ollama');
const params = { categories: ['inference'], from: 'internet', credentialHelps: true };
const judge = (over: Partial<Exposure>, services = [ollama], more = {}) =>
  evaluate(
    serviceExposed,
    { exposures: [exposure(over)], services, stopgaps: noStopgaps },
    { ...params, ...more },
  );

describe('service-exposed', () => {
  test.each<[string, Partial<Exposure>, object]>([
    ['fail', { scope: 'any' }, {}],
    ['pass', { scope: 'lan' }, {}],
    ['fail', { scope: 'lan' }, { from: 'lan' }],
    ['fail', { scope: 'vpn' }, { from: 'lan' }],
    ['pass', { scope: 'any' }, { from: 'lan' }],
    ['pass', { scope: 'containers' }, { from: 'lan' }],
    ['pass', { scope: 'loopback' }, {}],
    ['undetermined', { scope: 'unknown', path: ['run as root'] }, {}],
    ['not-applicable', { port: 1 }, {}],
    ['not-applicable', {}, { categories: ['database'] }],
    ['not-applicable', {}, { rated: ['low'] }],
  ])('%s for %j with %j', (outcome, over, more) => {
    expect(judge(over, [ollama], more)).toMatchObject([{ outcome }]);
  });

  test('a proved credential helps where it may', () => {
    const jupyter = { ...serviceOnHost('grafana'), by: 'process' as const };
    const dashboards = { categories: ['monitoring'], credentialHelps: false };
    expect(judge({}, [jupyter], dashboards)).toMatchObject([{ outcome: 'fail' }]);
  });

  test('a service that is only guessed by its port is undetermined', () => {
    expect(judge({}, [{ ...ollama, by: 'port' }])).toMatchObject([
      { outcome: 'undetermined', because: expect.stringContaining('guessed by its port') as unknown },
    ]);
  });

  test('a container is told by where it is asked for', () => {
    const grafana = { ...ollama, label: 'grafana (container grafana)', workload: workload('grafana') };
    const lan = [
      {
        interface: 'docker0',
        scopes: ['containers' as const],
        sources: ['172.17.0.0/16'],
        routerNeeded: false,
      },
      { interface: 'eth0', scopes: ['lan' as const], sources: ['10.0.0.0/24'], routerNeeded: false },
    ];
    const at = { workload: 'grafana', scope: 'lan', reachableFrom: lan } as const;
    expect(judge({ ...at, kind: 'published' }, [grafana], { from: 'lan' })).toMatchObject([
      { outcome: 'fail', message: 'published' },
    ]);
    expect(
      judge({ ...at, kind: 'container', address: '172.17.0.9' }, [grafana], { from: 'lan' }),
    ).toMatchObject([{ outcome: 'fail', message: 'routed', data: { address: '172.17.0.9' } }]);
  });

  test('the message names who gets in and what the firewall says', () => {
    expect(judge({ firewallSays: 'refuses' })).toMatchObject([
      {
        subject: 'ollama (pid 7) on 0.0.0.0:11434/tcp',
        message: 'listening',
        data: { from: '10.0.0.0/24, 0.0.0.0/0 on eth0', firewall: 'would refuse', port: 11434 },
        evidence: [{ excerpt: '0.0.0.0:11434/tcp' }, { excerpt: 'policy accept (ip filter INPUT)' }],
      },
    ]);
  });
});
