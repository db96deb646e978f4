import type { Interface } from '../interfaces/interface.ts';
import { addressOf, intersect, parseAddresses } from './addresses.ts';
import type { InputDecision, InputQuestion } from './decide.ts';
import { decideAlong, packetOf } from './decide.ts';
import { redirectFor } from './redirects.ts';
import type { Ruleset } from './ruleset.ts';

/**
 * What becomes of a new connection to a port that NAT sends to a container: it is forwarded, and the input
 * filter is never asked.
 *
 * @returns `null` when no NAT rule takes the packet, so that the input filter decides after all
 */
export function decidePublished(
  ruleset: Ruleset,
  question: InputQuestion,
  interfaces: readonly Interface[],
): InputDecision | null {
  const packet = packetOf(question);
  const redirect = packet === null ? null : redirectFor(ruleset, packet);
  if (packet === null || redirect === null) return null;
  const { rule, to } = redirect;
  const destination = to.address === null ? null : addressOf(to.address);
  const outInterface = to.address === null ? null : interfaceTowards(to.address, interfaces);
  if (destination === null || outInterface === null) {
    const unclear = `${rule.text} leads to no address behind an interface of this machine`;
    return { verdict: 'unknown', mostly: 'unknown', path: [rule.text], accepted: [], except: [], unclear };
  }
  const forwarded = { ...packet, destination: destination.value, port: to.port ?? packet.port, outInterface };
  const decision = decideAlong(ruleset, question, [
    { hooks: ['ingress', 'prerouting'], packet },
    { hooks: ['forward'], packet: forwarded },
  ]);
  return { ...decision, path: [rule.text, ...decision.path] };
}

/** The interface on whose link an address lies. */
function interfaceTowards(address: string, interfaces: readonly Interface[]): string | null {
  const target = parseAddresses(address);
  const found = interfaces.find(({ addresses }) =>
    addresses.some((own) => {
      const link = parseAddresses(`${own.address}/${String(own.prefix)}`);
      return (
        link?.family === target?.family &&
        intersect(link?.addresses ?? [], target?.addresses ?? []).length > 0
      );
    }),
  );
  return found?.name ?? null;
}
