import type { Family } from '../firewall/addresses.ts';
import { parseAddresses, toPrefixes } from '../firewall/addresses.ts';
import type { SourceClass } from '../firewall/decide.ts';
import type { Interface, InterfaceAddress } from '../interfaces/interface.ts';

/** Somebody's place: who asks, over which interface, for which of this machine's addresses. */
export interface Vantage {
  readonly interface: string;
  readonly family: Family;
  /** The machine's own address there. */
  readonly address: string;
  readonly sources: SourceClass;
  /** How far away the sources are. */
  readonly scope: 'containers' | 'vpn' | 'lan' | 'any';
}

/**
 * Everybody who can send this machine a packet: the neighbours of each address, and the internet over
 * each link. That a router forwards the internet is assumed: it is not this machine's to know.
 */
export function vantagesOf(interfaces: readonly Interface[]): Vantage[] {
  return interfaces
    .filter(({ kind, up }) => kind !== 'loopback' && up)
    .flatMap((one) => one.addresses.flatMap((address) => vantagesOfAddress(one, address)));
}

function vantagesOfAddress({ name, kind }: Interface, own: InterfaceAddress): Vantage[] {
  const { family, address, scope } = own;
  const at = { interface: name, family, address };
  const neighbours: Vantage = {
    ...at,
    sources: { class: 'lan', cidr: networkOf(own) },
    scope: kind === 'containers' || kind === 'vpn' ? kind : 'lan',
  };
  if (kind !== 'link' || scope !== 'global') return [neighbours];
  return [neighbours, { ...at, sources: { class: 'internet' }, scope: 'any' }];
}

/** `10.77.0.2` with prefix 24 lies in `10.77.0.0/24`. */
function networkOf({ family, address, prefix }: InterfaceAddress): string {
  const network = parseAddresses(`${address}/${String(prefix)}`);
  return network === null
    ? `${address}/${String(prefix)}`
    : (toPrefixes(network.addresses, family)[0] ?? address);
}
