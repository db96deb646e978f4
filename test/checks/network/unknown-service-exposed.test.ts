import { describe, expect, test } from '@jest/globals';
import { unknownServiceExposed } from '../../../src/checks/network/unknown-service-exposed.ts';
import type { Exposure } from '../../../src/engine/report.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { exposure } from '../../harness/exposures.ts';
import { serviceOnHost } from '../../harness/services.ts';

const params = { allow: ['443/tcp'], except: ['sshd'] };

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
    ['not-applicable', { port: 11434 }],
  ])('%s for %j', (outcome, over) => {
    const given = { exposures: [exposure(over)], services: [serviceOnHost('ollama')] };
    expect(evaluate(unknownServiceExposed, given, params)).toMatchObject([{ outcome }]);
  });
});
