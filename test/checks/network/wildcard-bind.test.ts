import { describe, expect, test } from '@jest/globals';
import { wildcardBind } from '../../../src/checks/network/wildcard-bind.ts';
import type { Exposure } from '../../../src/engine/report.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { exposure, noStopgaps } from '../../harness/exposures.ts';
import { serviceOnHost } from '../../harness/services.ts';

describe('wildcard-bind', () => {
  test.each<[string, Partial<Exposure>]>([
    ['fail', {}],
    ['fail', { scope: 'loopback' }],
    ['fail', { address: '::' }],
    ['pass', { address: '127.0.0.1', scope: 'loopback' }],
    ['pass', { address: '10.0.0.2', scope: 'lan' }],
    ['not-applicable', { workload: 'ollama' }],
    ['not-applicable', { port: 1 }],
  ])('%s for %j', (outcome, over) => {
    const bound = exposure(over);
    const services = [serviceOnHost('ollama', { address: bound.address })];
    const given = { exposures: [bound], services, stopgaps: noStopgaps };
    expect(evaluate(wildcardBind, given, { categories: ['inference'] })).toMatchObject([{ outcome }]);
  });
});
