/** The saved firewall configuration and the kernel's rules disagree. */
import * as z from 'zod';
import type { Citation, Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import type { BootLoader } from '../../facts/firewall/boot.ts';
import { bootPaths, firewallConfigurationFact } from '../../facts/firewall/boot.ts';
import type { Difference } from '../../facts/firewall/compare.ts';
import { compareChains, compareNftTables, tableOf } from '../../facts/firewall/compare.ts';
import { firewallFact } from '../../facts/firewall/firewall.ts';
import { isUfwLoaded } from '../../facts/firewall/inbound-default.ts';
import type { Ruleset, Table } from '../../facts/netfilter/ruleset.ts';
import type { UfwConfiguration } from '../../facts/firewall/ufw.ts';
import { ufwPaths } from '../../facts/firewall/ufw.ts';
import { sshDoorsFact } from '../../facts/ssh-doors.ts';
import { sshPortsData } from '../../facts/ssh-ports.ts';

const messages = {
  ufwFlushed: 'UFW is enabled, and none of its rules is in the kernel: another program flushed them.',
  ufwDiffers: 'UFW’s saved rules and the kernel disagree: {what}.',
  nftablesDiffers: '/etc/nftables.conf and the kernel disagree: {what}.',
  savedDiffers: '{path} and the kernel disagree: {what}.',
};
type Verdicts = readonly Verdict<typeof messages>[];

export const rulesetDrift = defineCheck({
  id: 'ruleset-drift',
  needs: { ruleset: firewallFact, configuration: firewallConfigurationFact },
  optional: { doors: sshDoorsFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ ruleset, configuration, doors }) => {
    const enabled = (name: string) => configuration.loaders.find((one) => one.name === name && one.enabled);
    const [nftables, persistent] = [enabled('nftables'), enabled('netfilter-persistent')];
    const { ufw } = configuration;
    const verdicts = [
      ...(ufw.state === 'unknown' ? [undetermined(ufw.detail, 'ufw')] : []),
      ...(ufw.state === 'known' && ufw.value?.enabled === true
        ? judgeUfw(ufw.value, ruleset, sshPortsData(doors))
        : []),
      ...(nftables === undefined ? [] : judgeNftables(nftables, ruleset)),
      ...(persistent === undefined ? [] : judgeSaved(persistent, ruleset)),
    ];
    return verdicts.length > 0 ? verdicts : [notApplicable('no saved firewall configuration is enabled')];
  },
});

const ufwChains = ['user-input', 'user-forward', 'user-output'];

function judgeUfw(
  { policies, userTables }: UfwConfiguration,
  ruleset: Ruleset,
  data: Readonly<Record<string, string>>,
): Verdicts {
  const conf = { source: ufwPaths.main, line: null, excerpt: 'ENABLED=yes' };
  if (!isUfwLoaded(ruleset)) {
    return [{ outcome: 'fail', message: 'ufwFlushed', subject: 'ufw', data, evidence: [conf] }];
  }
  if (userTables.state === 'unknown') return [undetermined(userTables.detail, 'ufw')];
  for (const table of userTables.value) {
    const difference = compareUfw(table, ruleset);
    const source = table.family === 'ip' ? ufwPaths.rules : ufwPaths.rules6;
    if (difference !== null) return [differs('ufwDiffers', 'ufw', source, difference, data)];
  }
  const accepts = tableOf(ruleset, 'ip', 'filter')?.chains.get('INPUT')?.base?.policy === 'accept';
  if (accepts !== (policies.input === 'ACCEPT')) {
    const difference = { what: 'the default for incoming connections differs', excerpt: policies.input };
    return [differs('ufwDiffers', 'ufw', ufwPaths.defaults, difference, data)];
  }
  return [pass('ufw', conf)];
}

function compareUfw({ family, name, chains }: Table, ruleset: Ruleset): Difference | null {
  const running = tableOf(ruleset, family, name);
  for (const chain of chains.values()) {
    if (!ufwChains.includes(chain.name.replace(/^ufw6?-/, ''))) continue;
    const difference = compareChains(chain, running?.chains.get(chain.name));
    if (difference !== null) return difference;
  }
  return null;
}

function judgeNftables({ rules, path }: BootLoader, ruleset: Ruleset): Verdicts {
  if (rules.state === 'unknown') return [undetermined(rules.detail, 'nftables')];
  if (rules.value === null) return [undetermined(`${path} does not exist`, 'nftables')];
  const result = compareNftTables(rules.value.tables, ruleset);
  if (result === null) return [pass('nftables')];
  if (result === 'unclear') {
    const because = `${path} and the kernel differ in words that may mean the same; compare them with nft list ruleset`;
    return [undetermined(because, 'nftables')];
  }
  return [differs('nftablesDiffers', 'nftables', path, result, {})];
}

function judgeSaved({ rules, path }: BootLoader, ruleset: Ruleset): Verdicts {
  if (rules.state === 'unknown') return [undetermined(rules.detail, path)];
  if (rules.value === null) return [undetermined(`${path} does not exist`, path)];
  const { tables } = rules.value;
  return ([bootPaths.rules, bootPaths.rules6] as const).flatMap((source): Verdicts => {
    const filter = tables.find((table) => table.source === source && table.name === 'filter');
    const input = filter?.chains.get('INPUT');
    if (filter === undefined || input === undefined) return source === path ? [pass(path)] : [];
    const difference = compareChains(input, tableOf(ruleset, filter.family, 'filter')?.chains.get('INPUT'));
    return difference === null
      ? [pass(source)]
      : [differs('savedDiffers', source, source, difference, { path: source })];
  });
}

function differs(
  message: 'ufwDiffers' | 'nftablesDiffers' | 'savedDiffers',
  subject: string,
  source: string,
  { what, excerpt }: Difference,
  more: Readonly<Record<string, string>>,
): Verdict<typeof messages> {
  const evidence: Citation[] = [{ source, line: null, excerpt }];
  return { outcome: 'fail', message, subject, data: { what, path: source, ...more }, evidence };
}
