import type { Interface } from '../interfaces/interface.ts';
import type { AddressSet } from './addresses.ts';
import { addressOf, intersect, parseAddresses } from './addresses.ts';
import type { InputDecision, InputQuestion } from './decide.ts';
import { decideParts, inputParts, partsAlong } from './decide.ts';
import type { InboundPacket } from './match-packet.ts';
import type { Redirected } from './redirects.ts';
import { routesOf } from './redirects.ts';
import type { Ruleset } from './ruleset.ts';
import type { Part } from './walk.ts';

/**
 * What becomes of a new connection: where NAT sends it to a container or another machine it is forwarded,
 * and the input filter is never asked; from all other sources it comes to the machine itself.
 */
export function decideArriving(
  ruleset: Ruleset,
  question: InputQuestion,
  interfaces: readonly Interface[],
): InputDecision {
  return decideParts(ruleset, question, (packet, all) =>
    routesOf(ruleset, packet, all).flatMap(({ sources, redirected, unclear }): readonly Part[] => {
      if (unclear !== null) return [{ sources, verdict: 'unknown', path: [unclear], unclear }];
      if (redirected === null) return inputParts(ruleset, packet, sources);
      return forwardedParts(ruleset, packet, sources, redirected, interfaces);
    }),
  );
}

function forwardedParts(
  ruleset: Ruleset,
  packet: InboundPacket,
  sources: AddressSet,
  { rule, to }: Redirected,
  interfaces: readonly Interface[],
): readonly Part[] {
  const destination = to.address === null ? null : addressOf(to.address);
  const outInterface = to.address === null ? null : interfaceTowards(to.address, interfaces);
  if (destination === null || outInterface === null) {
    const unclear = `${rule.text} leads to no address behind an interface of this machine`;
    return [{ sources, verdict: 'unknown', path: [rule.text], unclear }];
  }
  const forwarded = { ...packet, destination: destination.value, port: to.port ?? packet.port, outInterface };
  const parts = partsAlong(ruleset, sources, [
    { hooks: ['ingress', 'prerouting'], packet },
    { hooks: ['forward'], packet: forwarded },
  ]);
  return parts.map((part) => ({ ...part, path: [rule.text, ...part.path] }));
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
