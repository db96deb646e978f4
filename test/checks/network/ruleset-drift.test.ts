import { expect, test } from '@jest/globals';
import { rulesetDrift } from '../../../src/checks/network/ruleset-drift.ts';
import { evaluate } from '../../harness/evaluate.ts';
import {
  configurationOf,
  filterTable,
  nativeTable,
  rulesetOf,
  ufwFiles,
  ufwTable,
} from '../../harness/firewall.ts';

const saved = ['-A ufw-user-input -p tcp --dport 22 -s 10.0.0.5 -j ACCEPT'];
const running = ['-s 10.0.0.5/32 -p tcp -m tcp --dport 22 -j ACCEPT'];
const nft = (rules: string) => ({
  '/etc/nftables.conf': `table inet filter {\n chain input {\n  type filter hook input priority 0; policy drop;\n${rules} }\n}\n`,
});
const rulesFile = {
  '/etc/iptables/rules.v4': '*filter\n:INPUT DROP [0:0]\n-A INPUT -i lo -j ACCEPT\nCOMMIT\n',
};
const persistent = 'netfilter-persistent.service';

test.each([
  ['pass', ufwTable('ip', 'DROP', running), ufwFiles({ rules: saved }), 'ufw.service'],
  [
    'fail',
    ufwTable('ip', 'DROP', ['-p tcp -m tcp --dport 22 -j ACCEPT']),
    ufwFiles({ rules: saved }),
    'ufw.service',
  ],
  [
    'fail',
    ufwTable('ip', 'DROP', running),
    ufwFiles({ rules: [...saved, '-A ufw-user-input -j DROP'] }),
    'ufw.service',
  ],
  ['fail', ufwTable('ip', 'ACCEPT', running), ufwFiles({ rules: saved }), 'ufw.service'],
  ['fail', [], ufwFiles({ rules: saved }), 'ufw.service'],
  ['undetermined', ufwTable('ip', 'DROP', running), ufwFiles({ rules: ['boo'] }), 'ufw.service'],
  ['pass', nativeTable('drop'), nft(''), 'nftables.service'],
  ['fail', nativeTable('drop'), nft('  tcp dport 22 accept\n'), 'nftables.service'],
  ['fail', nativeTable('accept'), nft(''), 'nftables.service'],
  ['fail', [], nft(''), 'nftables.service'],
  [
    'undetermined',
    nativeTable('drop', [{ accept: null }]),
    nft('  tcp dport 22 accept\n'),
    'nftables.service',
  ],
  ['pass', filterTable('ip', 'DROP', ['-i lo -j ACCEPT', '-p tcp -j f2b-sshd']), rulesFile, persistent],
  ['fail', filterTable('ip', 'DROP', ['-i lo -j DROP']), rulesFile, persistent],
  ['not-applicable', [], {}, 'ssh.service'],
])('%s', async (outcome, tables, files, unit) => {
  const configuration = await configurationOf(files, unit);
  const [verdict] = evaluate(rulesetDrift, { ruleset: rulesetOf(tables), configuration, doors: [] });
  expect(verdict).toMatchObject({ outcome });
});
