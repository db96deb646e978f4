/** IPv4 is filtered and IPv6, with an address that can be reached, is not. */
import * as z from 'zod';
import { defineCheck, notApplicable, pass, theHost, undetermined } from '../../engine/check.ts';
import { firewallConfigurationFact } from '../../facts/firewall/boot.ts';
import { inboundDefault, isUfwLoaded } from '../../facts/firewall/inbound-default.ts';
import type { InboundFilter } from '../../facts/firewall/inbound-filter.ts';
import { bootDefault, decidingRule, inboundFilterFact } from '../../facts/firewall/inbound-filter.ts';
import { sshDoorsFact } from '../../facts/ssh-doors.ts';
import { sshPortsData } from '../../facts/ssh-ports.ts';

const messages = {
  open: 'IPv4 is filtered and IPv6 is not: every listener on {address} ({interface}) is open.',
  ufw: 'UFW filters IPv4 and leaves IPv6 alone: every listener on {address} ({interface}) is open.',
};

export const ipv6Unfiltered = defineCheck({
  id: 'ipv6-unfiltered',
  needs: { filter: inboundFilterFact },
  optional: { configuration: firewallConfigurationFact, doors: sshDoorsFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ filter, configuration, doors }) => {
    if (filter.when === 'boot') return [atBoot(filter)];
    const { ruleset, interfaces } = filter;
    const ip6 = inboundDefault(ruleset, interfaces, 'ip6');
    if (ip6 === null) return [notApplicable('no interface has an IPv6 address beyond its link')];
    const ip = inboundDefault(ruleset, interfaces, 'ip');
    if (ip === null || ip.decision.mostly === 'accept') return [notApplicable('IPv4 is not filtered')];
    const excerpt = ip6.decision.path.at(-1) ?? 'no chain filters IPv6 input';
    const evidence = [{ source: 'ip6tables-save, nft list ruleset', line: null, excerpt }];
    if (ip6.decision.mostly === 'drop' || ip6.decision.mostly === 'reject')
      return [pass(theHost, ...evidence)];
    const unclear = ip6.decision.unclear ?? ip.decision.unclear;
    if (unclear !== null) return [undetermined(`what is accepted by default is not clear from: ${unclear}`)];
    const address =
      interfaces
        .find(({ name }) => name === ip6.interface)
        ?.addresses.find(({ family, scope }) => family === 'ip6' && scope === 'global')?.address ?? '::';
    const data = { interface: ip6.interface, address, ...sshPortsData(doors) };
    const ufw = configuration.state === 'known' ? configuration.value.ufw : configuration;
    const byUfw = isUfwLoaded(ruleset) && ufw.state === 'known' && ufw.value !== null;
    return [{ outcome: 'fail', message: byUfw ? 'ufw' : 'open', subject: theHost, data, evidence }];
  },
});

/** Files do not show whether the machine has an IPv6 address beyond its link. */
function atBoot(filter: Extract<InboundFilter, { when: 'boot' }>) {
  const [ip, ip6] = [bootDefault(filter.ruleset, 'ip').decision, bootDefault(filter.ruleset, 'ip6').decision];
  if (ip.mostly === 'accept') return notApplicable('IPv4 is not filtered at boot');
  if (ip6.mostly === 'drop' || ip6.mostly === 'reject') {
    return pass(theHost, decidingRule(filter, ip6.path, 'ip6tables-save, nft list ruleset'));
  }
  if (ip6.mostly === 'unknown' || ip.mostly === 'unknown') {
    return undetermined(`what is accepted at boot is not clear from: ${ip6.unclear ?? ip.unclear ?? ''}`);
  }
  return undetermined(
    `${filter.loaders.join(' and ')} will filter IPv4 at boot and not IPv6, and files do not show whether the machine has an IPv6 address; audit it while it runs`,
  );
}
