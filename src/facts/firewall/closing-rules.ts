import type { AddressSet, Family } from '../netfilter/addresses.ts';
import { intersect } from '../netfilter/addresses.ts';
import { isOneOf } from '../netfilter/interface-name.ts';
import type { Chain, FilterRule, Match, Ruleset, Table } from '../netfilter/ruleset.ts';

/** A rule by which somebody means to close ports. */
export interface ClosingRule {
  readonly rule: FilterRule;
  readonly source: string;
  readonly family: Family;
  /** `input`: asked for the machine's own sockets; `forward`: for what is forwarded; `routed`: `ufw route`. */
  readonly place: 'input' | 'forward' | 'routed';
  /** Of the packet as it is there; `null`: every port. */
  readonly ports: { readonly includes: (port: number) => boolean } | null;
  /** None: every protocol. */
  readonly protocols: readonly string[];
  /** `null`: everybody. */
  readonly sources: AddressSet | null;
  /** Whether it is asked for packets that come in there. */
  readonly isAskedOn: (device: string) => boolean;
  /** The rule before it that lets nothing past; `null`: there is none. */
  readonly before: string | null;
}

/** More ports than that are a default, and no port that somebody had in mind. */
const fewPorts = 1000;

/**
 * Rules of people that drop or reject by port, and what they have put into DOCKER-USER. Rules of
 * programs (fail2ban, engines) are left out, and so are rules on the port that the client asked for:
 * those do what they say.
 */
export function closingRules({ tables }: Ruleset): readonly ClosingRule[] {
  return tables.flatMap((table) => {
    if (table.family === 'netdev') return [];
    const hooks = hooksOf(table);
    return [...table.chains.values()].flatMap((chain) => {
      const place = placeOf(chain.name, hooks.get(chain.name) ?? new Set());
      return place === null ? [] : rulesOf(table, chain, place);
    });
  });
}

const ownChains = /^(?:DOCKER(?!-USER)|f2b-|fail2ban|KUBE-|CNI-|ts-|ufw6?-(?:skip|not|logging|track|reject))/;

function rulesOf(table: Table, chain: Chain, place: ClosingRule['place']): readonly ClosingRule[] {
  if (ownChains.test(chain.name) || chain.base?.type === 'nat') return [];
  const families: readonly Family[] =
    table.family === 'ip6' ? ['ip6'] : table.family === 'ip' ? ['ip'] : ['ip', 'ip6'];
  let before: string | null = null;
  const found: ClosingRule[] = [];
  for (const rule of chain.rules) {
    const { kind } = rule.target;
    if (kind === 'drop' || kind === 'reject') {
      const ports = portsOf(rule.matches);
      const isPeoples = chain.name === 'DOCKER-USER' || place === 'routed';
      if (!rule.matches.some(({ on }) => on === 'original-port') && (ports !== null || isPeoples)) {
        found.push(
          ...families.map((family) => ({
            ...{ rule, source: table.source, family, place, ports, before },
            protocols: rule.matches.flatMap((match) =>
              match.on === 'protocol' && !match.negated ? match.protocols : [],
            ),
            sources: sourcesOf(rule.matches, family),
            isAskedOn: (device: string) => rule.matches.every((match) => isOn(match, device)),
          })),
        );
      }
    }
    if (rule.matches.length === 0 && kind !== 'continue' && kind !== 'jump') before ??= rule.text;
  }
  return found;
}

/** By the base chain that leads there; `null`: neither of those. */
function placeOf(name: string, hooks: ReadonlySet<string>): ClosingRule['place'] | null {
  if (/^ufw6?-user-forward$/.test(name)) return 'routed';
  if (name === 'DOCKER-USER' || hooks.has('forward')) return 'forward';
  return hooks.has('input') ? 'input' : null;
}

/** The hooks that lead to each chain of a table, over whatever other chains. */
function hooksOf({ chains }: Table): ReadonlyMap<string, ReadonlySet<string>> {
  const hooks = new Map(Array.from(chains.keys(), (name) => [name, new Set<string>()]));
  const follow = (name: string, hook: string): void => {
    const seen = hooks.get(name);
    if (seen === undefined || seen.has(hook)) return;
    seen.add(hook);
    for (const { target } of chains.get(name)?.rules ?? []) if ('chain' in target) follow(target.chain, hook);
  };
  for (const { name, base } of chains.values()) if (base !== null) follow(name, base.hook);
  return hooks;
}

function isOn(match: Match, device: string): boolean {
  return match.on !== 'interface' || isOneOf(device, match.names) !== match.negated;
}

function portsOf(matches: readonly Match[]): ClosingRule['ports'] {
  const ranges = matches.flatMap((match) =>
    match.on === 'destination-port' && !match.negated ? match.ports : [],
  );
  const count = ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  if (ranges.length === 0 || count > fewPorts) return null;
  return { includes: (port) => ranges.some(([first, last]) => first <= port && port <= last) };
}

function sourcesOf(matches: readonly Match[], family: Family): AddressSet | null {
  const sets = matches.flatMap((match) =>
    match.on === 'source' && !match.negated ? [match.family === family ? match.addresses : []] : [],
  );
  return sets.length === 0 ? null : sets.reduce((all, set) => intersect(all, set));
}
