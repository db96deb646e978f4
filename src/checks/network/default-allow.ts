/** A firewall is active, and lets in what none of its rules names. */
import * as z from 'zod';
import { defineCheck, notApplicable, pass, theHost, undetermined } from '../../engine/check.ts';
import { inputChains, isUfwLoaded, refusesAnything } from '../../facts/firewall/inbound-default.ts';
import { decidingRule, filterDefault, inboundFilterFact } from '../../facts/firewall/inbound-filter.ts';
import type { Ruleset } from '../../facts/netfilter/ruleset.ts';
import { sshDoorsFact } from '../../facts/ssh-doors.ts';
import { sshPortsData } from '../../facts/ssh-ports.ts';

const messages = {
  ufw: 'UFW is active and accepts by default: what no rule names is open on {interface}.',
  iptables: 'iptables rules are active, and INPUT accepts what none of them names on {interface}.',
  nftables: 'nftables is active, and {family} {table} {chain} accepts what no rule names on {interface}.',
  boot: 'At boot, {loaders} loads a firewall that accepts what no rule names: see {source}.',
};

export const defaultAllow = defineCheck({
  id: 'default-allow',
  needs: { filter: inboundFilterFact },
  optional: { doors: sshDoorsFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ filter, doors }) => {
    const { ruleset } = filter;
    if (!isUfwLoaded(ruleset) && !refusesAnything(ruleset)) {
      return [notApplicable(`no firewall is ${filter.when === 'now' ? 'active' : 'loaded at boot'}`)];
    }
    const { decision, interface: name } = filterDefault(filter);
    const decided = decidingRule(filter, decision.path, 'iptables-save, nft list ruleset');
    if (decision.mostly === 'drop' || decision.mostly === 'reject') return [pass(theHost, decided)];
    if (decision.mostly === 'unknown') {
      return [undetermined(`what is accepted by default is not clear from: ${decision.unclear ?? ''}`)];
    }
    const evidence = [decided];
    if (filter.when === 'boot') {
      // The commands speak of ufw; whoever keeps another file edits it.
      const ssh = isUfwLoaded(ruleset) ? sshPortsData(doors) : {};
      const data = { loaders: filter.loaders.join(' and '), source: decided.source, ...ssh };
      return [{ outcome: 'fail', message: 'boot', subject: theHost, data, evidence }];
    }
    const data = { interface: name, ...placeOf(ruleset), ...sshPortsData(doors) };
    return [{ outcome: 'fail', message: ownerOf(ruleset), subject: theHost, data, evidence }];
  },
});

function ownerOf(ruleset: Ruleset): 'ufw' | 'nftables' | 'iptables' {
  if (isUfwLoaded(ruleset)) return 'ufw';
  return inputChains(ruleset).some(([table]) => table.source.startsWith('nft')) ? 'nftables' : 'iptables';
}

/** The native chain to close. */
function placeOf(ruleset: Ruleset) {
  const [table, chain] =
    inputChains(ruleset).find(([{ source }, { rules }]) => source.startsWith('nft') && rules.length > 0) ??
    inputChains(ruleset).find(([{ source }]) => source.startsWith('nft')) ??
    [];
  return { family: table?.family ?? 'inet', table: table?.name ?? 'filter', chain: chain?.name ?? 'input' };
}
