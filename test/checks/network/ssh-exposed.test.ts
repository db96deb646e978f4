import { describe, expect, test } from '@jest/globals';
import { sshExposed } from '../../../src/checks/network/ssh-exposed.ts';
import type { Exposure } from '../../../src/engine/report.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { exposure } from '../../harness/exposures.ts';

const from = (...sources: string[]) => ({ reachableFrom: [{ interface: 'eth0', sources }] });

describe('ssh-exposed', () => {
  test.each<[string, Partial<Exposure>]>([
    ['fail', from('10.0.0.0/24', '0.0.0.0/0')],
    ['fail', { address: '::', ...from('::/0') }],
    ['fail', from('0.0.0.0/0 except 203.0.113.0/24')],
    ['fail', { port: 2222, ...from('0.0.0.0/0') }],
    ['fail', { process: 'systemd', ...from('0.0.0.0/0') }],
    ['pass', { scope: 'lan', ...from('10.0.0.0/24') }],
    ['pass', from('10.0.0.0/24', '203.0.113.0/24')],
    ['pass', { scope: 'loopback', address: '127.0.0.1', ...from() }],
    ['undetermined', { scope: 'unknown' }],
    ['not-applicable', { process: 'nginx' }],
    ['not-applicable', { process: 'systemd', port: 631 }],
    ['not-applicable', { proto: 'udp' }],
  ])('%s for %j', (outcome, over) => {
    const given = { exposures: [exposure({ process: 'sshd', port: 22, ...over })] };
    expect(evaluate(sshExposed, given)).toMatchObject([{ outcome }]);
  });

  test('the remedy names the local network', () => {
    const given = { exposures: [exposure({ process: 'sshd', port: 22 })] };
    expect(evaluate(sshExposed, given)).toMatchObject([{ data: { lan: '10.0.0.0/24', port: 22 } }]);
  });
});
