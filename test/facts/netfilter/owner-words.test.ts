import { describe, expect, test } from '@jest/globals';
import { ownerWords } from '../../../src/facts/netfilter/owner-words.ts';
import { nativeTable, filterTable } from '../../harness/firewall.ts';

function said(chain: string, rule: string): string | undefined {
  const [table] = filterTable('ip', 'DROP', [`-A ${chain} ${rule}`]);
  const [only] = table?.chains.get(chain)?.rules ?? [];
  return table && only && ownerWords(table, chain, only);
}

describe('in the words of the owner', () => {
  test.each([
    ['-p tcp -m tcp --dport 22 -j ACCEPT', 'ufw allow 22/tcp'],
    ['-p tcp -m multiport --dports 80,8000:8010 -j DROP', 'ufw deny 80,8000:8010/tcp'],
    ['-s 10.0.0.0/24 -j REJECT', 'ufw reject from 10.0.0.0/24 to any'],
    [
      '-s 10.0.0.5/32 -d 10.0.0.2/32 -p udp -m udp --dport 53 -j ACCEPT',
      'ufw allow from 10.0.0.5 to 10.0.0.2 port 53 proto udp',
    ],
    ['-i eth0 -p tcp -m tcp --dport 80 -j ACCEPT', 'ufw allow in on eth0 from any to any port 80 proto tcp'],
    ['-p tcp -m tcp --dport 22 -j ufw-user-limit-accept', 'ufw limit 22/tcp'],
  ])('ufw: %s', (rule, words) => {
    expect(said('ufw-user-input', rule)).toBe(words);
  });

  test.each([
    [
      'ufw-user-forward',
      '-i eth0 -o br0 -p tcp -m tcp --dport 80 -j DROP',
      'ufw route deny in on eth0 out on br0 from any to any port 80 proto tcp',
    ],
    // What ufw has no words for stays as it is.
    [
      'ufw-user-input',
      '-p tcp -m tcp ! --dport 22 -j DROP',
      '-A ufw-user-input -p tcp -m tcp ! --dport 22 -j DROP',
    ],
    [
      'ufw-user-input',
      '-m conntrack --ctstate NEW -j ACCEPT',
      '-A ufw-user-input -m conntrack --ctstate NEW -j ACCEPT',
    ],
    ['INPUT', '-p tcp -m tcp --dport 22 -j ACCEPT', '-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT'],
  ])('%s %s', (chain, rule, words) => {
    expect(said(chain, rule)).toBe(words);
  });

  test('nft: the table, the chain and the rule', () => {
    const [table] = nativeTable('drop', [{ accept: null }]);
    const [rule] = table?.chains.get('input')?.rules ?? [];
    expect(table && rule && ownerWords(table, 'input', { ...rule, line: 12, text: 'accept' })).toBe(
      'nft inet filter input line 12: accept',
    );
  });
});
