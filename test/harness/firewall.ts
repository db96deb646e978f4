import { factReader } from '../../src/engine/fact.ts';
import { firewallConfigurationFact } from '../../src/facts/firewall/boot.ts';
import type { InboundFilter } from '../../src/facts/firewall/inbound-filter.ts';
import { parseIptablesSave } from '../../src/facts/netfilter/iptables/save.ts';
import { parseNft, ruleLines } from '../../src/facts/netfilter/nft/listing.ts';
import type { Ruleset, Table } from '../../src/facts/netfilter/ruleset.ts';
import type { Interface } from '../../src/facts/interfaces/interface.ts';
import type { Listener } from '../../src/facts/listeners/listener.ts';
import { memoryHost } from './memory-host.ts';

/** A filter table whose INPUT has these rules; other chains by `-A CHAIN …`. */
export function filterTable(
  family: 'ip' | 'ip6',
  policy: string,
  rules: readonly string[],
): readonly Table[] {
  const lines = rules.map((rule) => (rule.startsWith('-A') ? rule : `-A INPUT ${rule}`));
  const text = ['*filter', `:INPUT ${policy} [0:0]`, ...lines, 'COMMIT'].join('\n');
  const saved = parseIptablesSave(text, family, 'iptables-save');
  if ('line' in saved) throw new Error(saved.line);
  return saved.tables;
}

export function rulesetOf(...tables: readonly (readonly Table[])[]): Ruleset {
  return { tables: tables.flat(), gaps: [] };
}

/** The filter of a machine that runs. */
export function filterNow(
  interfaces: readonly Interface[],
  ...tables: readonly (readonly Table[])[]
): InboundFilter {
  return { when: 'now', ruleset: rulesetOf(...tables), interfaces };
}

/** A native table `inet filter` with one input chain; rules as `expr` of libnftables-json(5). */
export function nativeTable(policy: 'accept' | 'drop', ...rules: readonly (readonly unknown[])[]) {
  const place = { family: 'inet', table: 'filter' };
  const chain = { ...place, name: 'input', type: 'filter', hook: 'input', prio: 0, policy };
  const json = JSON.stringify({
    nftables: [
      { table: { family: 'inet', name: 'filter' } },
      { chain },
      ...rules.map((expr) => ({ rule: { ...place, chain: 'input', expr } })),
    ],
  });
  const tables = parseNft(json, ruleLines(''), 'nft -a list ruleset');
  if (tables === null) throw new Error('not read');
  return tables;
}

/** What UFW puts in the way of a packet, as little as tells it from other tables. */
export function ufwTable(
  family: 'ip' | 'ip6',
  policy: string,
  rules: readonly string[] = [],
): readonly Table[] {
  const prefix = family === 'ip' ? 'ufw' : 'ufw6';
  return filterTable(family, policy, [
    `-j ${prefix}-before-input`,
    `-A ${prefix}-before-input -i lo -j ACCEPT`,
    `-A ${prefix}-before-input -j ${prefix}-user-input`,
    ...rules.map((rule) => `-A ${prefix}-user-input ${rule}`),
    ...(rules.length === 0 ? [`-A ${prefix}-user-input -p tcp -m tcp --dport 22 -j ACCEPT`] : []),
  ]);
}

export const eth0: Interface = {
  name: 'eth0',
  kind: 'link',
  up: true,
  addresses: [{ family: 'ip', address: '10.0.0.2', prefix: 24, scope: 'global' }],
  port: false,
  defaultRoute: true,
};

export const eth0WithIpv6: Interface = {
  ...eth0,
  addresses: [...eth0.addresses, { family: 'ip6', address: '2001:db8::2', prefix: 64, scope: 'global' }],
};

export function listener(more: Partial<Listener> = {}): Listener {
  const socket = { proto: 'tcp', address: '0.0.0.0', interface: null, port: 22, v6only: false } as const;
  return { ...socket, process: null, ...more };
}

/** The configuration that these files and enabled units are. */
export async function configurationOf(
  files: Readonly<Record<string, string>>,
  ...enabled: readonly string[]
) {
  const links = enabled.map(
    (unit) => [`/etc/systemd/system/multi-user.target.wants/${unit}`, '[Unit]\n'] as const,
  );
  const host = await memoryHost({
    files: { '/etc/systemd/system/keep': '', ...files, ...Object.fromEntries(links) },
  });
  const evidence = await factReader(host)(firewallConfigurationFact);
  if (evidence.state === 'unknown') throw new Error(evidence.detail);
  return evidence.value;
}

export function ufwFiles(
  more: { enabled?: boolean; logging?: string; input?: string; rules?: readonly string[] } = {},
) {
  const { enabled = true, logging = 'low', input = 'DROP', rules = [] } = more;
  return {
    '/etc/ufw/ufw.conf': `# comment\nENABLED=${enabled ? 'yes' : 'no'}\nLOGLEVEL=${logging}\n`,
    '/etc/default/ufw': `IPV6=no\nDEFAULT_INPUT_POLICY="${input}"\n`,
    '/etc/ufw/user.rules': ['*filter', ':ufw-user-input - [0:0]', ...rules, 'COMMIT', ''].join('\n'),
  };
}
