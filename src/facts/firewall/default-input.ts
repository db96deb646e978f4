import type { InputDecision } from '../netfilter/decide.ts';
import type { Interface } from '../interfaces/interface.ts';
import { decideInput } from '../netfilter/decide.ts';
import { netfilterOf } from '../netfilter/machine.ts';
import type { Ruleset } from '../netfilter/ruleset.ts';

/**
 * What becomes of a new connection from the internet that no rule has in mind: to a port that none
 * names. That is the default, be it a policy or a last rule.
 *
 * @param destination - one of the machine's own addresses
 */
export function defaultInput(ruleset: Ruleset, destination: string, onInterface: string): InputDecision {
  const net = netfilterOf(ruleset, [interfaceWith(destination, onInterface)]);
  const port = portNobodyNames(ruleset);
  const at = { port, destination, interface: onInterface, sources: { class: 'internet' } } as const;
  const ask = (proto: 'tcp' | 'udp') => decideInput(net, { ...at, proto }, ruleset.gaps);
  const tcp = ask('tcp');
  const udp = ask('udp');
  const worst = (['accept', 'unknown'] as const).find((verdict) =>
    [tcp, udp].some(({ mostly }) => mostly === verdict),
  );
  return udp.mostly === worst && tcp.mostly !== worst ? udp : tcp;
}

function interfaceWith(address: string, name: string): Interface {
  const family = address.includes(':') ? 'ip6' : 'ip';
  const addresses = [{ family, address, prefix: family === 'ip' ? 32 : 128, scope: 'global' }] as const;
  return { name, kind: 'link', up: true, port: false, addresses, defaultRoute: true };
}

function portNobodyNames(ruleset: Ruleset): number {
  const named = ruleset.tables.flatMap(({ chains }) =>
    [...chains.values()].flatMap(({ rules }) =>
      rules.flatMap(({ matches }) =>
        matches.flatMap((match) => (match.on === 'destination-port' && !match.negated ? match.ports : [])),
      ),
    ),
  );
  // Ranges that span nearly everything are no names.
  const narrow = named.filter(([first, last]) => last - first < 10_000);
  for (let port = 61_613; port > 1024; port -= 1) {
    if (!narrow.some(([first, last]) => first <= port && port <= last)) return port;
  }
  return 61_613;
}
