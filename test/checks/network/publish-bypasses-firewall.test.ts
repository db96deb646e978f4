import { describe, expect, test } from '@jest/globals';
import { publishBypassesFirewall } from '../../../src/checks/network/publish-bypasses-firewall.ts';
import type { Exposure } from '../../../src/engine/report.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { exposure } from '../../harness/exposures.ts';

describe('publish-bypasses-firewall', () => {
  test.each<[string, Partial<Exposure>]>([
    ['fail', { firewallSays: 'refuses' }],
    ['fail', { firewallSays: 'refuses', scope: 'lan' }],
    ['pass', { firewallSays: 'admits' }],
    ['pass', { firewallSays: 'refuses', scope: 'containers' }],
    ['undetermined', { firewallSays: 'unknown' }],
    ['undetermined', { scope: 'unknown', firewallSays: 'unknown' }],
    ['not-applicable', { workload: null, firewallSays: 'refuses' }],
    ['not-applicable', { scope: 'loopback', firewallSays: 'not-asked' }],
  ])('%s for %j', (outcome, over) => {
    const given = { exposures: [exposure({ workload: 'ollama', ...over })] };
    expect(evaluate(publishBypassesFirewall, given)).toMatchObject([{ outcome }]);
  });
});
