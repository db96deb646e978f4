/** The saved firewall configuration and the kernel's rules disagree. */
import * as z from 'zod';
import type { Citation, Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import type { Family } from '../../facts/firewall/addresses.ts';
import type { FirewallConfiguration } from '../../facts/firewall/boot.ts';
import { bootPaths, firewallConfigurationFact } from '../../facts/firewall/boot.ts';
import type { Difference } from '../../facts/firewall/compare.ts';
import { compareChains, compareNftFile, tableOf } from '../../facts/firewall/compare.ts';
import { firewallFact } from '../../facts/firewall/firewall.ts';
import { isUfwLoaded } from '../../facts/firewall/inbound-default.ts';
import { parseIptablesSave } from '../../facts/firewall/iptables-save.ts';
import type { Ruleset } from '../../facts/firewall/ruleset.ts';
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
    const isEnabled = (name: string) => configuration.loaders.some((one) => one.name === name && one.enabled);
    const { ufw } = configuration;
    const verdicts = [
      ...(ufw.state === 'unknown' ? [undetermined(ufw.detail, 'ufw')] : []),
      ...(ufw.state === 'known' && ufw.value?.enabled === true
        ? judgeUfw(ufw.value, ruleset, sshPortsData(doors))
        : []),
      ...(isEnabled('nftables') ? judgeNftables(configuration, ruleset) : []),
      ...(isEnabled('netfilter-persistent') ? judgeSaved(configuration, ruleset) : []),
    ];
    return verdicts.length > 0 ? verdicts : [notApplicable('no saved firewall configuration is enabled')];
  },
});

const ufwChains = ['user-input', 'user-forward', 'user-output'];

function judgeUfw(ufw: UfwConfiguration, ruleset: Ruleset, data: Readonly<Record<string, string>>): Verdicts {
  const conf = { source: ufwPaths.main, line: null, excerpt: 'ENABLED=yes' };
  if (!isUfwLoaded(ruleset)) {
    return [{ outcome: 'fail', message: 'ufwFlushed', subject: 'ufw', data, evidence: [conf] }];
  }
  if (ufw.rules.state === 'unknown') return [undetermined(ufw.rules.detail, 'ufw')];
  const { text } = ufw.rules.value;
  for (const family of ufw.ipv6 ? (['ip', 'ip6'] as const) : (['ip'] as const)) {
    const source = family === 'ip' ? ufwPaths.rules : ufwPaths.rules6;
    const result = compareUfw(parseIptablesSave(text[family], family, source), ruleset, family);
    if (typeof result === 'string') {
      return [undetermined(`a line of ${source} was not understood: ${result}`, 'ufw')];
    }
    if (result !== null) return [differs('ufwDiffers', 'ufw', source, result, data)];
  }
  const accepts = tableOf(ruleset, 'ip', 'filter')?.chains.get('INPUT')?.base?.policy === 'accept';
  if (accepts !== (ufw.defaultInput === 'ACCEPT')) {
    const difference = { what: 'the default for incoming connections differs', excerpt: ufw.defaultInput };
    return [differs('ufwDiffers', 'ufw', ufwPaths.defaults, difference, data)];
  }
  return [pass('ufw', conf)];
}

/** @returns the line that was not understood, a difference, or `null` for none */
function compareUfw(
  saved: ReturnType<typeof parseIptablesSave>,
  ruleset: Ruleset,
  family: Family,
): string | Difference | null {
  if ('line' in saved) return saved.line;
  const running = tableOf(ruleset, family, 'filter');
  const chains = [...(saved.tables[0]?.chains.values() ?? [])].filter(({ name }) =>
    ufwChains.includes(name.replace(/^ufw6?-/, '')),
  );
  for (const chain of chains) {
    const difference = compareChains(chain, running?.chains.get(chain.name));
    if (difference !== null) return difference;
  }
  return null;
}

function judgeNftables({ nftables }: FirewallConfiguration, ruleset: Ruleset): Verdicts {
  if (nftables === null) return [undetermined(`${bootPaths.nftables} could not be read`, 'nftables')];
  const result = compareNftFile(nftables, ruleset);
  if (result === null) return [pass('nftables')];
  if (result === 'unclear') {
    const because = `${bootPaths.nftables} and the kernel differ in words that may mean the same; compare them with nft list ruleset`;
    return [undetermined(because, 'nftables')];
  }
  return [differs('nftablesDiffers', 'nftables', bootPaths.nftables, result, {})];
}

function judgeSaved({ savedRules }: FirewallConfiguration, ruleset: Ruleset): Verdicts {
  return (['ip', 'ip6'] as const).flatMap((family): Verdicts => {
    const path = family === 'ip' ? bootPaths.rules : bootPaths.rules6;
    const text = savedRules[family];
    if (text === null) return family === 'ip' ? [undetermined(`${path} could not be read`, path)] : [];
    const saved = parseIptablesSave(text, family, path);
    if ('line' in saved) return [undetermined(`a line of ${path} was not understood: ${saved.line}`, path)];
    const filter = saved.tables.find(({ name }) => name === 'filter');
    const input = filter?.chains.get('INPUT');
    if (input === undefined) return [pass(path)];
    const difference = compareChains(input, tableOf(ruleset, family, 'filter')?.chains.get('INPUT'));
    return difference === null ? [pass(path)] : [differs('savedDiffers', path, path, difference, { path })];
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
