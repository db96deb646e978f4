/** A firewall is active, and lets in what none of its rules names. */
import * as z from 'zod';
import { defineCheck, notApplicable, pass, theHost, undetermined } from '../../engine/check.ts';
import { firewallFact } from '../../facts/firewall/firewall.ts';
import {
  inputChains,
  isUfwLoaded,
  mainDefault,
  refusesAnything,
} from '../../facts/firewall/inbound-default.ts';
import type { Ruleset } from '../../facts/firewall/ruleset.ts';
import { interfacesFact } from '../../facts/interfaces/interfaces.ts';
import { sshDoorsFact } from '../../facts/ssh-doors.ts';
import { sshPortsData } from '../../facts/ssh-ports.ts';

const messages = {
  ufw: 'UFW is active and accepts by default: what no rule names is open on {interface}.',
  iptables: 'iptables rules are active, and INPUT accepts what none of them names on {interface}.',
  nftables: 'nftables is active, and {family} {table} {chain} accepts what no rule names on {interface}.',
};

export const defaultAllow = defineCheck({
  id: 'default-allow',
  needs: { ruleset: firewallFact, interfaces: interfacesFact },
  optional: { doors: sshDoorsFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ ruleset, interfaces, doors }) => {
    if (!isUfwLoaded(ruleset) && !refusesAnything(ruleset)) {
      return [notApplicable('no firewall is active')];
    }
    const { decision, interface: name } = mainDefault(ruleset, interfaces);
    const excerpt = decision.path.at(-1) ?? null;
    const evidence = [{ source: 'iptables-save, nft list ruleset', line: null, excerpt }];
    if (decision.mostly === 'drop' || decision.mostly === 'reject') return [pass(theHost, ...evidence)];
    if (decision.mostly === 'unknown') {
      return [undetermined(`what is accepted by default is not clear from: ${decision.unclear ?? ''}`)];
    }
    const data = { interface: name, ...placeOf(ruleset), ...sshPortsData(doors) };
    return [{ outcome: 'fail', message: ownerOf(ruleset), subject: theHost, data, evidence }];
  },
});

function ownerOf(ruleset: Ruleset): keyof typeof messages {
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
