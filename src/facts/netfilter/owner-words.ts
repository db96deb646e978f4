import { toPrefixes } from './addresses.ts';
import type { FilterRule, Match, Table } from './ruleset.ts';

/**
 * A rule in the words of who made it: `ufw allow 22/tcp`, `nft inet filter input line 12: tcp dport 22
 * accept`, or the rule as iptables-save(8) prints it.
 */
export function ownerWords(table: Table, chain: string, rule: FilterRule): string {
  const ufw = /^ufw6?-user-(input|forward)$/.exec(chain)?.[1];
  if (ufw !== undefined) return ufwWords(rule, ufw === 'forward') ?? rule.text;
  if (!table.source.startsWith('nft')) return rule.text;
  const line = rule.line === null ? '' : ` line ${String(rule.line)}`;
  return `nft ${table.family} ${table.name} ${chain}${line}: ${rule.text}`;
}

/** @returns `null` for a rule that ufw(8) has no plain words for */
function ufwWords({ matches, target }: FilterRule, routed: boolean): string | null {
  const action = actionOf(target);
  const parts = partsOf(matches);
  if (action === null || parts === null) return null;
  const { from, to, ports, protocol, inInterface, outInterface } = parts;
  const verb = ['ufw', ...(routed ? ['route'] : []), action].join(' ');
  const short = from === null && to === null && inInterface === null && outInterface === null;
  if (short && ports !== null && !routed) return `${verb} ${ports}${protocol === null ? '' : `/${protocol}`}`;
  return [
    verb,
    ...(inInterface === null ? [] : [`in on ${inInterface}`]),
    ...(outInterface === null ? [] : [`out on ${outInterface}`]),
    `from ${from ?? 'any'} to ${to ?? 'any'}`,
    ...(ports === null ? [] : [`port ${ports}`]),
    ...(protocol === null ? [] : [`proto ${protocol}`]),
  ].join(' ');
}

function actionOf(target: FilterRule['target']): string | null {
  if (target.kind === 'accept') return 'allow';
  if (target.kind === 'drop') return 'deny';
  if (target.kind === 'reject') return 'reject';
  return 'chain' in target && /^ufw6?-user-limit-accept$/.test(target.chain) ? 'limit' : null;
}

type Parts = Record<'from' | 'to' | 'ports' | 'protocol' | 'inInterface' | 'outInterface', string | null>;

function partsOf(matches: readonly Match[]): Parts | null {
  const parts: Parts = {
    ...{ from: null, to: null, ports: null, protocol: null },
    ...{ inInterface: null, outInterface: null },
  };
  for (const match of matches) {
    const found = 'negated' in match && match.negated ? null : partOf(match);
    if (found === null || parts[found[0]] !== null) return null;
    parts[found[0]] = found[1];
  }
  return parts;
}

function partOf(match: Match): readonly [keyof Parts, string] | null {
  switch (match.on) {
    case 'source':
    case 'destination': {
      const [only, ...more] = toPrefixes(match.addresses, match.family);
      if (only === undefined || more.length > 0) return null;
      return [match.on === 'source' ? 'from' : 'to', only.replace(/\/(?:32|128)$/, '')];
    }
    case 'destination-port':
      return [
        'ports',
        match.ports
          .map(([first, last]) => (first === last ? first : `${String(first)}:${String(last)}`))
          .join(','),
      ];
    case 'protocol':
      return match.protocols.length === 1 ? ['protocol', match.protocols[0] ?? ''] : null;
    case 'interface':
      return ['inInterface', match.names.join(' ')];
    case 'out-interface':
      return ['outInterface', match.names.join(' ')];
    default:
      return null;
  }
}
