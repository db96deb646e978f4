/** Nothing in the kernel refuses a new connection by default. */
import * as z from 'zod';
import type { Citation, Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, theHost, undetermined } from '../../engine/check.ts';
import { firewallConfigurationFact } from '../../facts/firewall/boot.ts';
import type { InboundDefault } from '../../facts/firewall/inbound-default.ts';
import { isUfwLoaded, mainDefault } from '../../facts/firewall/inbound-default.ts';
import { firewallFact } from '../../facts/firewall/firewall.ts';
import { interfacesFact } from '../../facts/interfaces/interfaces.ts';
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
  needs: { ruleset: firewallFact, interfaces: interfacesFact },
  optional: { listeners: listenersFact, configuration: firewallConfigurationFact, doors: sshDoorsFact },
  params: z.strictObject({
    /** Which hosts the rule is about: those that something outside can connect to, or the others. */
    listening: z.enum(['beyond-loopback', 'nothing']),
  }),
  messages,
  evaluate: ({ ruleset, interfaces, listeners, configuration, doors }, { listening }) => {
    const found = mainDefault(ruleset, interfaces);
    const { mostly, unclear, path } = found.decision;
    if (listeners.state === 'unknown') {
      if (mostly === 'drop' || mostly === 'reject') return [pass(theHost, citation(found))];
      return [undetermined(`whether something listens beyond loopback is not known: ${listeners.detail}`)];
    }
    const exposed = listeners.value.filter(isBeyondLoopback);
    if (exposed.length > 0 !== (listening === 'beyond-loopback')) {
      return [
        notApplicable(
          exposed.length > 0 ? 'something listens beyond loopback' : 'nothing listens beyond loopback',
        ),
      ];
    }
    if (mostly === 'drop' || mostly === 'reject') return [pass(theHost, citation(found))];
    if (mostly === 'unknown') {
      return [
        undetermined(`what the filter does by default is not clear from: ${unclear ?? path.join(', ')}`),
      ];
    }
    const ufw = configuration.state === 'known' ? configuration.value.ufw : configuration;
    const enabled = ufw.state === 'known' && ufw.value?.enabled === true;
    const verdict: Verdict<typeof messages> = {
      outcome: 'fail',
      message: enabled && !isUfwLoaded(ruleset) ? 'flushed' : 'none',
      subject: theHost,
      data: { interface: found.interface, exposed: describe(exposed), ...sshPortsData(doors) },
      evidence: [citation(found)],
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

function citation({ decision }: InboundDefault): Citation {
  const excerpt = decision.path.at(-1) ?? 'no chain filters input';
  return { source: 'iptables-save, nft list ruleset', line: null, excerpt };
}
