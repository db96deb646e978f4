/** Nothing in the kernel refuses a new connection by default. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, theHost, undetermined } from '../../engine/check.ts';
import { firewallConfigurationFact } from '../../facts/firewall/boot.ts';
import { isUfwLoaded } from '../../facts/firewall/inbound-default.ts';
import { decidingRule, filterDefault, inboundFilterFact } from '../../facts/firewall/inbound-filter.ts';
import { listenersFact } from '../../facts/listeners/listeners.ts';
import { isBeyondLoopback } from '../../facts/listeners/reach.ts';
import { sshDoorsFact } from '../../facts/ssh-doors.ts';
import { sshPortsData } from '../../facts/ssh-ports.ts';

const messages = {
  none: 'No filter refuses new connections by default on {interface}: {exposed}.',
  flushed:
    'UFW says it is enabled, but its rules are not in the kernel: another program flushed them, and no filter refuses new connections on {interface}: {exposed}.',
};

export const noInboundFilter = defineCheck({
  id: 'no-inbound-filter',
  needs: { filter: inboundFilterFact },
  optional: { listeners: listenersFact, configuration: firewallConfigurationFact, doors: sshDoorsFact },
  params: z.strictObject({
    /** Which hosts the rule is about: those that something outside can connect to, or the others. */
    listening: z.enum(['beyond-loopback', 'nothing']),
  }),
  messages,
  evaluate: ({ filter, listeners, configuration, doors }, { listening }) => {
    const found = filterDefault(filter);
    const { mostly, unclear, path } = found.decision;
    const decided = decidingRule(filter, path, 'iptables-save, nft list ruleset');
    const citation = path.length > 0 ? decided : { ...decided, excerpt: 'no chain filters input' };
    if (listeners.state === 'unknown') {
      if (mostly === 'drop' || mostly === 'reject') return [pass(theHost, citation)];
      const listens = `whether something listens beyond loopback is not known: ${listeners.detail}`;
      const refused = filter.when === 'boot' && mostly === 'accept' ? `${atBoot(filter.loaders)}, and ` : '';
      return [{ ...undetermined(`${refused}${listens}`), evidence: [citation] }];
    }
    const exposed = listeners.value.filter(isBeyondLoopback);
    if (exposed.length > 0 !== (listening === 'beyond-loopback')) {
      return [
        notApplicable(
          exposed.length > 0 ? 'something listens beyond loopback' : 'nothing listens beyond loopback',
        ),
      ];
    }
    if (mostly === 'drop' || mostly === 'reject') return [pass(theHost, citation)];
    if (mostly === 'unknown') {
      return [
        undetermined(`what the filter does by default is not clear from: ${unclear ?? path.join(', ')}`),
      ];
    }
    const ufw = configuration.state === 'known' ? configuration.value.ufw : configuration;
    const enabled = ufw.state === 'known' && ufw.value?.enabled === true;
    const verdict: Verdict<typeof messages> = {
      outcome: 'fail',
      message: enabled && !isUfwLoaded(filter.ruleset) ? 'flushed' : 'none',
      subject: theHost,
      data: { interface: found.interface, exposed: describe(exposed), ...sshPortsData(doors) },
      evidence: [citation],
    };
    return [verdict];
  },
});

function describe(exposed: readonly { proto: string; port: number }[]): string {
  const ports = [...new Set(exposed.map(({ proto, port }) => `${String(port)}/${proto}`))];
  if (ports.length === 0) return 'whatever starts to listen is open at once';
  const some = ports.slice(0, 8).join(', ');
  return `${some}${ports.length > 8 ? ` and ${String(ports.length - 8)} more` : ''} answer everybody who can reach this machine`;
}

function atBoot(loaders: readonly string[]): string {
  return loaders.length === 0
    ? 'nothing is set up to filter at boot'
    : `${loaders.join(' and ')} refuses nothing by default at boot`;
}
