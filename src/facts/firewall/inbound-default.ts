import type { Interface, InterfaceAddress } from '../interfaces/interface.ts';
import { facesInternet } from '../interfaces/interface.ts';
import type { Family } from '../netfilter/addresses.ts';
import type { InputDecision } from '../netfilter/decide.ts';
import { defaultInput } from './default-input.ts';
import type { Chain, Ruleset, Table } from '../netfilter/ruleset.ts';

/** What happens by default to a new connection of one family from the internet. */
export interface InboundDefault {
  readonly interface: string;
  readonly decision: InputDecision;
}

/**
 * The weakest default of the interfaces that face outside: those with a default route, or, where there
 * is none, every one with an address that faces the internet.
 *
 * @returns `null` when no interface has a routable address of this family
 */
export function inboundDefault(
  ruleset: Ruleset,
  interfaces: readonly Interface[],
  family: Family,
): InboundDefault | null {
  const links = interfaces.filter(
    (one) => facesInternet(one) && one.addresses.some((address) => isOutside(address, family)),
  );
  const outward = links.filter(({ defaultRoute }) => defaultRoute);
  const defaults = (outward.length > 0 ? outward : links).flatMap(({ name, addresses }) =>
    addresses
      .filter((one) => isOutside(one, family))
      .map(({ address }) => ({ interface: name, decision: defaultInput(ruleset, address, name) })),
  );
  const order = ['accept', 'unknown', 'reject', 'drop'];
  return (
    defaults.toSorted((a, b) => order.indexOf(a.decision.mostly) - order.indexOf(b.decision.mostly))[0] ??
    null
  );
}

function isOutside({ family, scope }: InterfaceAddress, wanted: Family): boolean {
  return family === wanted && scope === 'global';
}

/**
 * The default that decides whether there is a firewall: that of IPv4, or of IPv6 on a machine with
 * nothing else. A machine without any address is asked as if it had one.
 */
export function mainDefault(ruleset: Ruleset, interfaces: readonly Interface[]): InboundDefault {
  return (
    inboundDefault(ruleset, interfaces, 'ip') ??
    inboundDefault(ruleset, interfaces, 'ip6') ?? {
      interface: 'any interface',
      decision: defaultInput(ruleset, '192.0.2.1', 'any interface'),
    }
  );
}

/** Whether the kernel runs UFW's rules; `ufw disable` leaves its chains behind, empty. */
export function isUfwLoaded(ruleset: Ruleset): boolean {
  return inputChains(ruleset).some(([{ chains }, { rules }]) =>
    rules.some(
      ({ target }) =>
        target.kind === 'jump' &&
        /^ufw6?-before-input$/.test(target.chain) &&
        (chains.get(target.chain)?.rules.length ?? 0) > 0,
    ),
  );
}

/** Chains and tables that other programs keep for a few addresses of their own: no firewall. */
export const foreignChain = /^(?:f2b-|fail2ban|sshguard|DOCKER|KUBE-|CNI-|ts-|tailscale)/i;

/** Whether some input chain refuses anything, bans of single addresses by other programs aside. */
export function refusesAnything(ruleset: Ruleset): boolean {
  return inputChains(ruleset).some(
    ([table, { base, rules }]) =>
      !foreignChain.test(table.name) &&
      (base?.policy === 'drop' || rules.some(({ target }) => refuses(target, table, 0))),
  );
}

function refuses(target: Chain['rules'][number]['target'], table: Table, depth: number): boolean {
  if (target.kind === 'drop' || target.kind === 'reject') return true;
  if ((target.kind !== 'jump' && target.kind !== 'goto') || depth > 16 || foreignChain.test(target.chain))
    return false;
  return (
    table.chains.get(target.chain)?.rules.some((rule) => refuses(rule.target, table, depth + 1)) ?? false
  );
}

/** Base chains at the input hook. */
export function inputChains(ruleset: Ruleset): readonly (readonly [Table, Chain])[] {
  return ruleset.tables
    .flatMap((table) => [...table.chains.values()].map((chain) => [table, chain] as const))
    .filter(([, { base }]) => base?.hook === 'input' && base.type === 'filter');
}
