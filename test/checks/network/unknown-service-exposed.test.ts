import { describe, expect, test } from '@jest/globals';
import { unknownServiceExposed } from '../../../src/checks/network/unknown-service-exposed.ts';
import type { Exposure } from '../../../src/engine/report.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { exposure, noStopgaps } from '../../harness/exposures.ts';
import { serviceOnHost } from '../../harness/services.ts';

const params = { allow: ['443/tcp'], except: ['chronyd'] };

const doors = [22, 2222].map((port) => ({ port, address: '0.0.0.0' }));

describe('unknown-service-exposed', () => {
  test.each<[string, Partial<Exposure>]>([
    ['fail', { port: 9000 }],
    ['fail', { port: 443, proto: 'udp' }],
    ['fail', { port: 9000, workload: 'web' }],
    ['pass', { port: 9000, scope: 'lan' }],
    ['undetermined', { port: 9000, scope: 'unknown' }],
    ['not-applicable', { port: 9000, scope: 'loopback' }],
    ['not-applicable', { port: 443 }],
    ['not-applicable', { port: 22, process: 'sshd' }],
    ['not-applicable', { port: 2222, process: 'systemd' }],
    ['not-applicable', { port: 123, process: 'chronyd' }],
    ['fail', { port: 2222, proto: 'udp' }],
    ['fail', { port: 2222, workload: 'gitea' }],
    ['fail', { port: 2200, process: 'systemd' }],
    ['not-applicable', { port: 11434 }],
  ])('%s for %j', (outcome, over) => {
    const given = {
      exposures: [exposure(over)],
      services: [serviceOnHost('ollama')],
      doors,
      stopgaps: noStopgaps,
    };
    expect(evaluate(unknownServiceExposed, given, params)).toMatchObject([{ outcome }]);
  });
});
