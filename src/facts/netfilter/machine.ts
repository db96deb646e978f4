import type { Interface } from '../interfaces/interface.ts';
import type { Family } from './addresses.ts';
import { addressOf, contains, parseAddresses, union } from './addresses.ts';
import type { Netfilter } from './arrive.ts';
import { compileRuleset } from './compile.ts';
import type { Machine } from './packet.ts';
import type { Routing } from './routing.ts';
import { addressTypes, routedOver } from './routing.ts';
import type { Ruleset } from './ruleset.ts';

/** Puts rules, interfaces and routes together, ready for {@link arrive}. */
export function netfilterOf(
  ruleset: Ruleset,
  interfaces: readonly Interface[],
  routing: Routing = routingOf(interfaces),
): Netfilter {
  return { tables: compileRuleset(ruleset), machine: machineOf(interfaces, routing), routing };
}

/** The same machine with another ruleset: chains that both have are not compiled again. */
export function withRuleset({ machine, routing }: Netfilter, ruleset: Ruleset): Netfilter {
  return { tables: compileRuleset(ruleset), machine, routing };
}

function machineOf(interfaces: readonly Interface[], routing: Routing): Machine {
  const remember = <T>(compute: (...args: readonly string[]) => T) => {
    const known = new Map<string, T>();
    return (...args: readonly string[]): T => {
      const key = args.join(' ');
      const before = known.get(key);
      if (before !== undefined) return before;
      const value = compute(...args);
      known.set(key, value);
      return value;
    };
  };
  const familyOf = (text: string | undefined): Family => (text === 'ip6' ? 'ip6' : 'ip');
  const types = remember((family) => addressTypes(routing, familyOf(family)));
  const back = remember((family, over = '') =>
    routedOver(routing, familyOf(family), over === '' ? null : over),
  );
  return {
    typeOf: (family, address, onInterface) => {
      const type = types(family).find(({ addresses }) => contains(addresses, address))?.type ?? null;
      if (type !== 'local' || onInterface === null) return type;
      return isOn(interfaces, onInterface, address) ? 'local' : 'unicast';
    },
    addressesOfType: (family, type) =>
      union(types(family).flatMap((one) => (one.type === type ? one.addresses : []))),
    routedBack: (family, over) => back(family, over ?? ''),
    redirectAddress: (family, name) => {
      const own = interfaces.find((one) => one.name === name)?.addresses ?? [];
      const first = own.find((one) => one.family === family && one.scope !== 'host');
      return first === undefined ? null : (addressOf(first.address)?.value ?? null);
    },
  };
}

function isOn(interfaces: readonly Interface[], name: string, address: bigint): boolean {
  const own = interfaces.find((one) => one.name === name)?.addresses ?? [];
  return own.some((one) => addressOf(one.address)?.value === address);
}

/**
 * The routes that addresses and default routes alone imply, where the kernel's own were not seen: its
 * own addresses, what lies on each link, and everything else by the default routes.
 */
export function routingOf(interfaces: readonly Interface[]): Routing {
  const families: readonly Family[] = ['ip', 'ip6'];
  const route = (table: string, type: string, text: string, devices: readonly string[]) => {
    const parsed = parseAddresses(text);
    if (parsed === null) return [];
    const bits = Number(text.split('/')[1] ?? (parsed.family === 'ip' ? 32 : 128));
    return [{ ...parsed, destination: parsed.addresses, table, type, bits, metric: 0, devices }];
  };
  const own = interfaces.flatMap(({ name, addresses }) =>
    addresses.flatMap(({ address, prefix }) => [
      ...route('local', 'local', address, [name]),
      ...route('main', 'unicast', `${address}/${String(prefix)}`, [name]),
    ]),
  );
  const defaults = interfaces
    .filter(({ defaultRoute }) => defaultRoute)
    .flatMap(({ name }) => ['0.0.0.0/0', '::/0'].flatMap((all) => route('main', 'unicast', all, [name])));
  const loopback = [
    ...route('local', 'local', '127.0.0.0/8', ['lo']),
    ...route('local', 'local', '::1/128', ['lo']),
    ...route('local', 'multicast', '224.0.0.0/4', []),
    ...route('local', 'broadcast', '255.255.255.255/32', []),
    ...route('local', 'multicast', 'ff00::/8', []),
  ];
  const rules = families.flatMap((family) =>
    ['local', 'main'].map((table, priority) => ({
      ...{ family, table, priority, mark: null, inInterface: null },
      ...{ negated: false, suppressed: null, conditional: false },
    })),
  );
  return {
    ...{ routes: [...loopback, ...own, ...defaults], rules },
    ...{ settings: new Map(), forwarding6: true, whole: false },
  };
}
