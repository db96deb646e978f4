import type { InboundPacket } from './match-packet.ts';
import { matchRule } from './match-packet.ts';
import type { FilterRule, Ruleset } from './ruleset.ts';

/** What NAT rewrites a destination to; `null`: leaves it as it is. */
export interface Redirect {
  readonly address: string | null;
  readonly port: number | null;
}

/**
 * Whether a NAT rule could bring a packet to this port and address that was sent to another one. It is
 * read from the rules' words, and says yes in doubt.
 */
export function mayBeRedirected(ruleset: Ruleset, port: number, address: string): boolean {
  return ruleset.tables
    .filter(({ chains }) => [...chains.values()].some(({ base }) => base?.type === 'nat'))
    .flatMap(({ chains }) => [...chains.values()].flatMap(({ rules }) => rules))
    .flatMap(redirectOf)
    .some((to) => (to.port === null || to.port === port) && (to.address === null || to.address === address));
}

/** The first rule that sends this packet elsewhere, and where to; `null` when none does. */
export function redirectFor(
  ruleset: Ruleset,
  packet: InboundPacket,
): { readonly rule: FilterRule; readonly to: Redirect } | null {
  for (const { family, chains } of ruleset.tables) {
    if (family !== packet.family && family !== 'inet') continue;
    for (const rule of [...chains.values()].flatMap(({ rules }) => rules)) {
      const [to] = redirectOf(rule);
      if (to !== undefined && matchRule(rule, packet) !== null) return { rule, to };
    }
  }
  return null;
}

function redirectOf({ text }: FilterRule): readonly Redirect[] {
  if (!/\b(?:REDIRECT|DNAT|redirect|dnat)\b/.test(text)) return [];
  if (/\bct status dnat\b|--ctstate \S*DNAT/.test(text)) return [];
  const to = /(?:--to-destination|--to|\bto) (?:\[([^\]]+)\]|(\d+\.\d+\.\d+\.\d+))?(?::(\d+))?(?=\s|$)/.exec(
    text,
  );
  const toPort = /--to-ports (\d+)(?=\s|$)/.exec(text)?.[1] ?? to?.[3];
  return [{ address: to?.[1] ?? to?.[2] ?? null, port: toPort === undefined ? null : Number(toPort) }];
}
