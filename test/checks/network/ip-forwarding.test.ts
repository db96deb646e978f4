import { expect, test } from '@jest/globals';
import { ipForwarding } from '../../../src/checks/network/ip-forwarding.ts';
import { known, unknown } from '../../../src/host/evidence.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { eth0, filterTable, rulesetOf } from '../../harness/firewall.ts';

const running = (value: string) => ({
  'net.ipv4.ip_forward': known(value, '/proc/sys/net/ipv4/ip_forward'),
  'net.ipv6.conf.all.forwarding': known('0', '/proc/sys/net/ipv6/conf/all/forwarding'),
});
const denied = unknown('denied', 'not root', 'x');
const process = (name: string) => ({ name });
const docker0 = { ...eth0, name: 'docker0', kind: 'containers' };
const eth1 = { ...eth0, name: 'eth1' };
const router = rulesetOf(filterTable('ip', 'ACCEPT', ['-A FORWARD -i eth1 -j ACCEPT']).map((table) => table));
const forwarding = {
  ...router,
  tables: router.tables.map((table) => ({
    ...table,
    chains: new Map(
      [...table.chains].map(([name, chain]) => [
        name,
        name === 'FORWARD' ? { ...chain, base: base() } : chain,
      ]),
    ),
  })),
};

function base() {
  return { type: 'filter', hook: 'forward', priority: 0, policy: 'drop', devices: null } as const;
}

test.each([
  ['pass', running('0'), [], [eth0], rulesetOf()],
  ['fail', running('1'), [process('sshd')], [eth0], rulesetOf()],
  ['fail', running('1'), [], [eth0, eth1], rulesetOf()],
  ['not-applicable', running('1'), [process('dockerd')], [eth0], rulesetOf()],
  ['not-applicable', running('1'), [], [eth0, docker0], rulesetOf()],
  ['not-applicable', running('1'), [], [eth0, eth1], forwarding],
  ['undetermined', running('1'), [], [eth0, eth1], denied],
  ['undetermined', { ...running('0'), 'net.ipv4.ip_forward': denied }, [], [eth0], rulesetOf()],
])('%s', (outcome, sysctls, processes, interfaces, ruleset) => {
  const given = { running: sysctls, processes, interfaces, ruleset };
  expect(evaluate(ipForwarding, given)[0]).toMatchObject({ outcome });
});
