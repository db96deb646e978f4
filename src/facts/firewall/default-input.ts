import type { InputDecision } from './decide.ts';
import { decideInput } from './decide.ts';
import type { Ruleset } from './ruleset.ts';

/**
 * What becomes of a new connection from the internet that no rule has in mind: to a port that none
 * names. That is the default, be it a policy or a last rule.
 *
 * @param destination - one of the machine's own addresses
 */
export function defaultInput(ruleset: Ruleset, destination: string, onInterface: string): InputDecision {
  const ask = (proto: 'tcp' | 'udp') =>
    decideInput(ruleset, {
      proto,
      port: portNobodyNames(ruleset),
      destination,
      interface: onInterface,
      sources: { class: 'internet' },
    });
  const tcp = ask('tcp');
  const udp = ask('udp');
  const worst = (['accept', 'unknown'] as const).find((verdict) =>
    [tcp, udp].some(({ mostly }) => mostly === verdict),
  );
  return udp.mostly === worst && tcp.mostly !== worst ? udp : tcp;
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
