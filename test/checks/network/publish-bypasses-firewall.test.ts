import { describe, expect, test } from '@jest/globals';
import { publishBypassesFirewall } from '../../../src/checks/network/publish-bypasses-firewall.ts';
import type { Exposure } from '../../../src/engine/report.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { exposure, noStopgaps } from '../../harness/exposures.ts';

describe('publish-bypasses-firewall', () => {
  test.each<[string, Partial<Exposure>]>([
    ['fail', { firewallSays: 'refuses' }],
    ['fail', { firewallSays: 'refuses', scope: 'lan' }],
    ['pass', { firewallSays: 'admits' }],
    ['pass', { firewallSays: 'refuses', scope: 'containers' }],
    ['undetermined', { firewallSays: 'unknown' }],
    ['undetermined', { scope: 'unknown', firewallSays: 'unknown' }],
    ['not-applicable', { workload: null, kind: 'socket', firewallSays: 'refuses' }],
    ['not-applicable', { kind: 'container', address: '172.17.0.2', firewallSays: 'refuses' }],
    ['not-applicable', { address: '127.0.0.1', scope: 'lan', firewallSays: 'refuses' }],
    ['not-applicable', { scope: 'loopback', firewallSays: 'not-asked' }],
  ])('%s for %j', (outcome, over) => {
    const given = {
      exposures: [exposure({ workload: 'ollama', kind: 'published', ...over })],
      stopgaps: noStopgaps,
    };
    expect(evaluate(publishBypassesFirewall, given)).toMatchObject([{ outcome }]);
  });
});
