import { describe, expect, test } from '@jest/globals';
import { sshExposed } from '../../../src/checks/network/ssh-exposed.ts';
import type { Exposure } from '../../../src/engine/report.ts';
import type { SshDoor } from '../../../src/facts/ssh-doors.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { exposure } from '../../harness/exposures.ts';

const scopes: Exposure['reachableFrom'][number]['scopes'] = ['lan', 'any'];
const from = (...sources: string[]) => ({
  reachableFrom: [{ interface: 'eth0', scopes, sources, routerNeeded: false }],
});
const doors: readonly SshDoor[] = [
  { port: 22, address: '0.0.0.0' },
  { port: 22, address: '::' },
  { port: 22, address: '127.0.0.1' },
  { port: 2222, address: '0.0.0.0' },
];

function judge(over: Partial<Exposure>) {
  return evaluate(sshExposed, { doors, exposures: [exposure({ process: 'sshd', port: 22, ...over })] });
}

describe('ssh-exposed', () => {
  test.each<[string, Partial<Exposure>]>([
    ['fail', from('10.0.0.0/24', '0.0.0.0/0')],
    ['fail', { address: '::', ...from('::/0') }],
    ['fail', from('0.0.0.0/0 except 203.0.113.0/24')],
    ['fail', { port: 2222, ...from('0.0.0.0/0') }],
    ['fail', { process: 'systemd', port: 2222, ...from('0.0.0.0/0') }],
    ['fail', { process: 'dropbear', ...from('0.0.0.0/0') }],
    ['pass', { scope: 'lan', ...from('10.0.0.0/24') }],
    ['pass', from('10.0.0.0/24', '203.0.113.0/24')],
    ['pass', { scope: 'loopback', address: '127.0.0.1', ...from() }],
    ['undetermined', { scope: 'unknown' }],
    ['not-applicable', { process: 'nginx', port: 80 }],
    ['not-applicable', { process: 'systemd', port: 631 }],
    ['not-applicable', { proto: 'udp' }],
    ['not-applicable', { workload: 'gitea' }],
  ])('%s for %j', (outcome, over) => {
    expect(judge(over)).toMatchObject([{ outcome }]);
  });

  test.each<[string, Partial<Exposure>, string | undefined]>([
    ['the local network', from('10.0.0.0/24', '0.0.0.0/0'), '10.0.0.0/24'],
    ['of IPv6', { address: '::', ...from('fe80::/64', 'fd00:1::/64', '::/0') }, 'fd00:1::/64'],
    ['no host route', from('203.0.113.7/32', '0.0.0.0/0'), undefined],
    ['no private host route', from('10.0.0.7/32', '0.0.0.0/0'), undefined],
    ['no public network', from('203.0.113.0/24', '0.0.0.0/0'), undefined],
    ['no part of a network', from('10.0.0.0/24 except 10.0.0.9/32', '0.0.0.0/0'), undefined],
    [
      'no containers',
      {
        reachableFrom: [
          {
            interface: 'docker0',
            scopes: ['containers'],
            sources: ['172.17.0.0/16'],
            routerNeeded: false,
          },
          { interface: 'eth0', scopes, sources: ['203.0.113.7/32', '0.0.0.0/0'], routerNeeded: false },
        ],
      },
      undefined,
    ],
  ])('the remedy admits %s', (_, over, lan) => {
    const message = lan === undefined ? 'everyoneAway' : 'everyone';
    expect(judge(over)).toMatchObject([
      { message, data: { port: 22, ...(lan === undefined ? {} : { lan }) } },
    ]);
  });
});
