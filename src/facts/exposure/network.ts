import { defineFact } from '../../engine/fact.ts';
import { gapsOf, knownInPart } from '../../host/evidence.ts';
import { firewallFact } from '../firewall/firewall.ts';
import type { Interface } from '../interfaces/interface.ts';
import { interfacesFact } from '../interfaces/interfaces.ts';
import { routingFact } from '../interfaces/routing.ts';
import type { Netfilter } from '../netfilter/arrive.ts';
import { netfilterOf } from '../netfilter/machine.ts';

/** All that is known about who gets where. */
export interface Network {
  readonly interfaces: readonly Interface[];
  readonly net: Netfilter;
  /** What could not be seen and might refuse more. */
  readonly gaps: readonly string[];
}

/** The kernel's rules, interfaces and routes together. */
export const networkFact = defineFact<Network>({
  id: 'network',
  gather: async (_host, read) => {
    const [firewall, interfaces, routing] = await Promise.all([
      read(firewallFact),
      read(interfacesFact),
      read(routingFact),
    ]);
    if (firewall.state === 'unknown') return firewall;
    if (interfaces.state === 'unknown') return interfaces;
    if (routing.state === 'unknown') return routing;
    const net = netfilterOf(firewall.value, interfaces.value, routing.value);
    return knownInPart(
      { interfaces: interfaces.value, net, gaps: firewall.value.gaps },
      `${firewall.source}, ${interfaces.source}`,
      [firewall, interfaces, routing].flatMap(gapsOf),
    );
  },
});
