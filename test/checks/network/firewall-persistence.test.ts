import { expect, test } from '@jest/globals';
import { firewallPersistence } from '../../../src/checks/network/firewall-persistence.ts';
import { evaluate } from '../../harness/evaluate.ts';
import {
  configurationOf,
  eth0,
  filterTable,
  nativeTable,
  rulesetOf,
  ufwFiles,
  ufwTable,
} from '../../harness/firewall.ts';

const nftFile = (policy: string, flush = 'flush ruleset\n') => ({
  '/etc/nftables.conf': `#!/usr/sbin/nft -f\n${flush}table inet filter {\n\tchain input {\n\t\ttype filter hook input priority filter; policy ${policy};\n\t}\n}\n`,
});
const ownUnit = { '/etc/systemd/system/my.service': '[Service]\nExecStart=/usr/sbin/nft -f /etc/my.nft\n' };
const iptables = filterTable('ip', 'DROP', []);
const unclear = filterTable('ip', 'ACCEPT', ['-m bpf --bytecode x -j DROP']);
const ufw = ufwTable('ip', 'DROP');
const all = ['ufw.service', 'nftables.service'];

test.each([
  ['pass', '', ufw, ufwFiles(), ['ufw.service']],
  ['pass', '', nativeTable('drop'), nftFile('drop'), ['nftables.service']],
  [
    'pass',
    '',
    iptables,
    { '/etc/iptables/rules.v4': '*filter\n:INPUT DROP [0:0]\nCOMMIT\n' },
    ['netfilter-persistent.service'],
  ],
  ['fail', 'ufwLost', ufw, ufwFiles(), []],
  ['fail', 'ufwLost', ufw, ufwFiles({ enabled: false }), ['ufw.service']],
  ['fail', 'nftablesLost', nativeTable('drop'), nftFile('drop'), []],
  ['fail', 'nftablesLost', nativeTable('drop'), nftFile('accept'), ['nftables.service']],
  ['fail', 'iptablesLost', iptables, {}, []],
  ['fail', 'flushedAtBoot', ufw, { ...ufwFiles(), ...nftFile('accept') }, all],
  ['fail', 'ufwNotInForce', [], ufwFiles(), ['ufw.service']],
  ['fail', 'notInForce', [], nftFile('drop'), ['nftables.service']],
  ['not-applicable', '', [], {}, []],
  ['not-applicable', '', [], nftFile('accept'), ['nftables.service']],
  ['undetermined', '', nativeTable('drop'), ownUnit, ['my.service']],
  ['undetermined', '', unclear, {}, []],
])('%s %s', async (outcome, message, tables, files, enabled) => {
  const configuration = await configurationOf(files, ...enabled);
  const given = { ruleset: rulesetOf(tables), interfaces: [eth0], configuration, doors: [] };
  const [verdict] = evaluate(firewallPersistence, given);
  expect(verdict).toMatchObject(message === '' ? { outcome } : { outcome, message });
});
