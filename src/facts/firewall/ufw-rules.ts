import type { Family } from '../netfilter/addresses.ts';

/** A rule as UFW keeps it: the `### tuple ###` line of user.rules. */
export interface UfwRule {
  readonly family: Family;
  /** `allow`, `deny`, `reject`, `limit`. */
  readonly action: string;
  /** `any`, `tcp`, `udp`, … */
  readonly protocol: string;
  /** `22`, `80,443`, `1000:2000` or `any`. */
  readonly toPort: string;
  readonly to: string;
  readonly fromPort: string;
  readonly from: string;
  /** `in`, `out`, or both for a routed rule. */
  readonly direction: string;
  readonly inInterface: string | null;
  readonly outInterface: string | null;
  readonly routed: boolean;
  readonly source: string;
  readonly line: number;
  readonly text: string;
}

/**
 * Reads the tuples of user.rules, which are what UFW itself reads back; see src/backend_iptables.py of
 * ufw: `action protocol to-port to from-port from [to-app from-app] direction[_interface]`.
 */
export function parseUfwRules(text: string, family: Family, source: string): readonly UfwRule[] {
  return text.split('\n').flatMap((line, index) => {
    const tuple = /^### tuple ### (.*)$/.exec(line.trim())?.[1];
    const rule = tuple === undefined ? null : parseTuple(tuple);
    return rule === null ? [] : [{ ...rule, family, source, line: index + 1 }];
  });
}

function parseTuple(text: string): Omit<UfwRule, 'family' | 'source' | 'line'> | null {
  const words = text.replace(/ comment=\S*$/, '').split(/\s+/);
  if (words.length !== 7 && words.length !== 9) return null;
  const [fullAction = '', protocol = '', toPort = '', to = '', fromPort = '', from = ''] = words;
  const routed = fullAction.startsWith('route:');
  const action = fullAction.replace(/^route:/, '').replace(/_.*$/, '');
  const places = (words.at(-1) ?? '').split('!');
  const isOut = places.some((place) => place.startsWith('out'));
  return {
    ...{ action, protocol, toPort, to, fromPort, from, routed, text },
    direction: isOut && !routed ? 'out' : 'in',
    inInterface: interfaceOf(places, 'in_'),
    outInterface: interfaceOf(places, 'out_'),
  };
}

function interfaceOf(places: readonly string[], prefix: string): string | null {
  return places.find((place) => place.startsWith(prefix))?.slice(prefix.length) ?? null;
}

/** The words behind `ufw` that name the rule: `deny proto tcp from 10.0.0.9 to any port 22`. */
export function ufwWords(rule: UfwRule): string {
  const place = [
    ...(rule.inInterface === null ? [] : [`in on ${rule.inInterface}`]),
    ...(rule.outInterface === null ? [] : [`out on ${rule.outInterface}`]),
  ];
  const plain = rule.direction === 'out' ? ['out'] : ['in'];
  return [
    ...(rule.routed ? ['route'] : []),
    rule.action,
    ...(place.length > 0 ? place : rule.routed ? [] : plain),
    ...(rule.protocol === 'any' ? [] : [`proto ${rule.protocol}`]),
    `from ${anyOr(rule.from)}${rule.fromPort === 'any' ? '' : ` port ${rule.fromPort}`}`,
    `to ${anyOr(rule.to)}${rule.toPort === 'any' ? '' : ` port ${rule.toPort}`}`,
  ].join(' ');
}

function anyOr(address: string): string {
  return ['0.0.0.0/0', '::/0'].includes(address) ? 'any' : address;
}
