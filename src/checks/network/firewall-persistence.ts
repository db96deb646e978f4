/** What is in force now and what is set up for the next boot differ. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, theHost, undetermined } from '../../engine/check.ts';
import type { BootLoader, FirewallConfiguration } from '../../facts/firewall/boot.ts';
import { firewallConfigurationFact } from '../../facts/firewall/boot.ts';
import { firewallFact } from '../../facts/firewall/firewall.ts';
import { inputChains, isUfwLoaded, mainDefault } from '../../facts/firewall/inbound-default.ts';
import type { Ruleset } from '../../facts/netfilter/ruleset.ts';
import { interfacesFact } from '../../facts/interfaces/interfaces.ts';
import { sshDoorsFact } from '../../facts/ssh-doors.ts';
import { sshPortsData } from '../../facts/ssh-ports.ts';

const messages = {
  ufwLost: 'UFW filters now, and nothing loads it at boot: the next restart leaves the machine open.',
  nftablesLost:
    'The nftables table {family} {table} filters now, and nothing loads it at boot: the next restart leaves the machine open.',
  iptablesLost:
    'iptables rules filter now, and nothing loads them at boot: the next restart leaves the machine open.',
  flushedAtBoot:
    'nftables.service and {name} both start at boot, and /etc/nftables.conf throws away every rule without a default of its own: whichever comes last decides.',
  ufwNotInForce: 'UFW is enabled at boot, but its rules are not in force now.',
  notInForce: '{name} is enabled at boot with {path}, but those rules are not in force now.',
};
type Failing = Verdict<typeof messages>;

export const firewallPersistence = defineCheck({
  id: 'firewall-persistence',
  needs: { ruleset: firewallFact, interfaces: interfacesFact, configuration: firewallConfigurationFact },
  optional: { doors: sshDoorsFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ ruleset, interfaces, configuration, doors }) => {
    const { decision } = mainDefault(ruleset, interfaces);
    if (decision.mostly === 'unknown') {
      return [undetermined(`whether a filter is in force is not clear from: ${decision.unclear ?? ''}`)];
    }
    const excerpt = decision.path.at(-1) ?? 'no chain filters input';
    const kernel = { source: 'iptables-save, nft list ruleset', line: null, excerpt };
    const enabled = configuration.loaders.filter((loader) => loader.enabled);
    const refusing = enabled.find(({ refuses }) => refuses === true);
    const unread = enabled.find(({ refuses }) => refuses === null);
    const inForce = decision.mostly !== 'accept';
    if (!inForce) {
      if (refusing !== undefined) {
        const data = {
          name: refusing.name,
          path: refusing.path,
          unit: `${refusing.name}.service`,
          ...sshPortsData(doors),
        };
        const message = refusing.name === 'ufw' ? 'ufwNotInForce' : 'notInForce';
        return [{ outcome: 'fail', message, subject: theHost, data, evidence: [cite(refusing), kernel] }];
      }
      if (unread !== undefined) return [undetermined(notRead(unread))];
      return [notApplicable('no firewall is in force, and none is set up')];
    }
    if (refusing !== undefined)
      return [whenBoth(configuration, refusing) ?? pass(theHost, cite(refusing), kernel)];
    if (unread !== undefined) return [undetermined(notRead(unread))];
    return [lost(ruleset, kernel)];
  },
});

function cite({ path, name }: BootLoader) {
  return { source: path, line: null, excerpt: `${name} is enabled at boot` };
}

function notRead({ name }: BootLoader): string {
  return `${name} loads firewall rules at boot that aisec does not follow; compare them with the running ones after a restart`;
}

/** UFW and nftables.service have no order between them. */
function whenBoth({ loaders }: FirewallConfiguration, refusing: BootLoader): Failing | null {
  const service = loaders.find(({ name, enabled }) => name === 'nftables' && enabled);
  if (service === undefined || service === refusing || service.refuses === true) return null;
  if (service.rules.state === 'unknown' || service.rules.value?.flushes !== true) return null;
  const evidence = [{ source: service.path, line: null, excerpt: 'flush ruleset' }, cite(refusing)];
  return {
    outcome: 'fail',
    message: 'flushedAtBoot',
    subject: theHost,
    data: { name: refusing.name },
    evidence,
  };
}

function lost(ruleset: Ruleset, kernel: { source: string; line: null; excerpt: string }): Failing {
  const evidence = [kernel];
  if (isUfwLoaded(ruleset))
    return { outcome: 'fail', message: 'ufwLost', subject: theHost, data: {}, evidence };
  const native = inputChains(ruleset).find(([{ source }]) => source.startsWith('nft'));
  if (native === undefined) {
    return { outcome: 'fail', message: 'iptablesLost', subject: theHost, data: {}, evidence };
  }
  const data = { family: native[0].family, table: native[0].name };
  return { outcome: 'fail', message: 'nftablesLost', subject: theHost, data, evidence };
}
