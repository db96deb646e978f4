import { expect, test } from '@jest/globals';
import { defaultAllow } from '../../../src/checks/network/default-allow.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { eth0, filterTable, nativeTable, filterNow, rulesetOf, ufwTable } from '../../harness/firewall.ts';

const closedPort = filterTable('ip', 'ACCEPT', ['-p tcp -m tcp --dport 11434 -j DROP']);
const banned = filterTable('ip', 'ACCEPT', ['-j f2b-sshd', '-A f2b-sshd -s 9.9.9.9/32 -j REJECT']);
const disabledUfw = filterTable('ip', 'ACCEPT', ['-j ufw-before-input', '-A OTHER -j ACCEPT']);
const unclear = filterTable('ip', 'ACCEPT', ['-m bpf --bytecode x -j DROP']);

test.each([
  ['pass', ufwTable('ip', 'DROP'), undefined],
  ['pass', filterTable('ip', 'ACCEPT', ['-p tcp -m tcp --dport 22 -j ACCEPT', '-j REJECT']), undefined],
  ['fail', ufwTable('ip', 'ACCEPT'), 'ufw'],
  ['fail', closedPort, 'iptables'],
  [
    'fail',
    nativeTable('accept', [{ match: { op: '==', left: tcpPort(), right: 1 } }, { drop: null }]),
    'nftables',
  ],
  ['not-applicable', [], undefined],
  ['not-applicable', banned, undefined],
  ['not-applicable', disabledUfw, undefined],
  ['not-applicable', nativeTable('accept'), undefined],
  ['undetermined', unclear, undefined],
])('%s', (outcome, tables, message) => {
  const [verdict] = evaluate(defaultAllow, { filter: filterNow([eth0], tables), doors: [] });
  expect(verdict).toMatchObject(message === undefined ? { outcome } : { outcome, message });
});

function tcpPort() {
  return { payload: { protocol: 'tcp', field: 'dport' } };
}

test.each([
  ['fail', closedPort],
  ['pass', filterTable('ip', 'DROP', [])],
  ['not-applicable', []],
  ['undetermined', filterTable('ip', 'DROP', ['! -i wan0 -j ACCEPT'])],
])('from files: %s', (outcome, tables) => {
  const filter = { when: 'boot', ruleset: rulesetOf(tables), loaders: ['netfilter-persistent'] };
  const [verdict] = evaluate(defaultAllow, { filter, doors: [] });
  expect(verdict).toMatchObject(outcome === 'fail' ? { outcome, message: 'boot' } : { outcome });
});
