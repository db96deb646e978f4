import { describe, expect, test } from '@jest/globals';
import { factReader } from '../../../src/engine/fact.ts';
import { bootRulesetFact } from '../../../src/facts/firewall/boot-ruleset.ts';
import { bootDefault } from '../../../src/facts/firewall/inbound-filter.ts';
import { memoryHost } from '../../harness/memory-host.ts';

const ufw = {
  '/etc/ufw/ufw.conf': 'ENABLED=yes\nLOGLEVEL=low\n',
  '/etc/default/ufw': 'IPV6=yes\nDEFAULT_INPUT_POLICY="DROP"\nDEFAULT_OUTPUT_POLICY="ACCEPT"\n',
  '/etc/ufw/before.rules':
    '*filter\n:ufw-before-input - [0:0]\n-A ufw-before-input -i lo -j ACCEPT\nCOMMIT\n',
  '/etc/ufw/user.rules':
    '*filter\n:ufw-user-input - [0:0]\n-A ufw-user-input -p tcp --dport 22 -j ACCEPT\nCOMMIT\n',
  '/etc/ufw/user6.rules': '*filter\n:ufw6-user-input - [0:0]\nCOMMIT\n',
};
const nft = (...lines: readonly string[]) => ({
  '/etc/nftables.conf': `table inet f {\nchain i {\ntype filter hook input priority 0; policy drop;\n${lines.join('\n')}\n}\n}\n`,
});
const saved = { '/etc/iptables/rules.v4': '*filter\n:INPUT DROP [0:0]\nCOMMIT\n' };

async function boot(files: Readonly<Record<string, string>>, ...enabled: readonly string[]) {
  const links = enabled.map(
    (unit) => [`/etc/systemd/system/multi-user.target.wants/${unit}.service`, ''] as const,
  );
  const host = await memoryHost({
    files: { '/etc/systemd/system/keep': '', ...files, ...Object.fromEntries(links) },
  });
  return factReader(host)(bootRulesetFact);
}

/** What the files refuse by default: IPv4 and IPv6. */
async function defaults(files: Readonly<Record<string, string>>, ...enabled: readonly string[]) {
  const evidence = await boot(files, ...enabled);
  if (evidence.state === 'unknown') return evidence.detail;
  return (['ip', 'ip6'] as const).map(
    (family) => bootDefault(evidence.value.ruleset, family).decision.mostly,
  );
}

describe('boot ruleset', () => {
  test.each([
    ['nothing', {}, [], ['accept', 'accept']],
    ['ufw', ufw, ['ufw'], ['drop', 'drop']],
    ['ufw that is off', ufw, [], ['accept', 'accept']],
    ['ufw without IPv6', { ...ufw, '/etc/default/ufw': 'IPV6=no\n' }, ['ufw'], ['drop', 'drop']],
    [
      'ufw that accepts',
      { ...ufw, '/etc/default/ufw': 'IPV6=yes\nDEFAULT_INPUT_POLICY="ACCEPT"\n' },
      ['ufw'],
      ['accept', 'accept'],
    ],
    ['nftables', nft(), ['nftables'], ['drop', 'drop']],
    ['nftables that is off', nft(), [], ['accept', 'accept']],
    ['nftables for one interface', nft('iifname != "wan0" accept'), ['nftables'], ['unknown', 'unknown']],
    ['nftables with a word unheard of', nft('froth 7 accept'), ['nftables'], ['unknown', 'unknown']],
    ['iptables-persistent', saved, ['netfilter-persistent'], ['drop', 'accept']],
    ['firewalld', {}, ['firewalld'], ['unknown', 'unknown']],
    ['firewalld beside nftables', nft(), ['firewalld', 'nftables'], ['drop', 'drop']],
  ])('%s', async (_, files, enabled, answers) => {
    expect(await defaults(files, ...enabled)).toEqual(answers);
  });

  test.each([
    ['lost variables', nft('tcp dport $x accept'), ['nftables'], '/etc/nftables.conf:4 was not understood'],
    [
      'a lost include',
      { '/etc/nftables.conf': 'include "/a.nft"\n' },
      ['nftables'],
      '/etc/nftables.conf:1 includes /a.nft',
    ],
    ['itself', { '/etc/nftables.conf': 'include "/etc/nftables.*"\n' }, ['nftables'], 'included by itself'],
    [
      'a strange line',
      { ...ufw, '/etc/ufw/user.rules': 'boo\n' },
      ['ufw'],
      '/etc/ufw/user.rules:1 was not understood: boo',
    ],
    [
      'two that flush',
      { ...ufw, ...saved },
      ['ufw', 'netfilter-persistent'],
      'netfilter-persistent throws away what ufw loads',
    ],
    [
      'a script',
      { '/etc/rc.local': '#!/bin/sh\niptables -F INPUT\n' },
      [],
      '/etc/rc.local loads firewall rules that aisec does not follow',
    ],
  ])('%s: unknown', async (_, files, enabled, detail) => {
    expect(await boot(files, ...enabled)).toMatchObject({
      state: 'unknown',
      detail: expect.stringContaining(detail),
    });
  });

  test('names file and line of each rule', async () => {
    const evidence = await boot(ufw, 'ufw');
    const tables = evidence.state === 'known' ? evidence.value.ruleset.tables : [];
    const [ip] = tables;
    expect(ip?.chains.get('ufw-user-input')?.rules).toMatchObject([
      { source: '/etc/ufw/user.rules', line: 3, text: '-A ufw-user-input -p tcp --dport 22 -j ACCEPT' },
    ]);
    expect(ip?.chains.get('ufw-before-input')?.rules.at(-1)).toMatchObject({
      source: '/lib/ufw/ufw-init-functions',
      target: { kind: 'jump', chain: 'ufw-user-input' },
    });
  });
});
