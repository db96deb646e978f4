import type { Family } from '../netfilter/addresses.ts';
import { parseAddresses, toPrefixes } from '../netfilter/addresses.ts';
import type { SourceClass } from '../netfilter/decide.ts';
import type { Interface, InterfaceAddress } from '../interfaces/interface.ts';
import { facesInternet } from '../interfaces/interface.ts';
import { remembered } from '../remember.ts';

/** Somebody's place: who asks, over which interface, for which of this machine's addresses. */
export interface Vantage {
  readonly interface: string;
  readonly family: Family;
  /** The machine's own address there. */
  readonly address: string;
  /** The network that it lies in. */
  readonly network: string;
  readonly sources: SourceClass;
  /** How far away the sources are. */
  readonly scope: 'containers' | 'vpn' | 'lan' | 'any';
}

/**
 * Everybody who can send this machine a packet, by the interface and family that they come over: the neighbours of
 * each address, the private networks behind a router or a VPN, and the internet. That a router forwards them is
 * assumed: it is not this machine's to know. Packets to a door take the same ways for all of one link.
 */
export const vantagesByLink = remembered(
  (interfaces: readonly Interface[]): readonly (readonly [Vantage, ...Vantage[]])[] => {
    const links = new Map<string, [Vantage, ...Vantage[]]>();
    for (const vantage of vantagesOf(interfaces)) {
      const key = `${vantage.interface} ${vantage.family}`;
      const link = links.get(key);
      if (link === undefined) links.set(key, [vantage]);
      else link.push(vantage);
    }
    return [...links.values()];
  },
);

function vantagesOf(interfaces: readonly Interface[]): readonly Vantage[] {
  return interfaces
    .filter(({ kind, up, port }) => kind !== 'loopback' && up && !port)
    .flatMap((one) => one.addresses.flatMap((address) => vantagesOfAddress(one, address)));
}

function vantagesOfAddress(one: Interface, own: InterfaceAddress): Vantage[] {
  const { family, address, scope } = own;
  const network = networkOf(own);
  const near = one.kind === 'containers' || one.kind === 'vpn' ? one.kind : 'lan';
  const at = { interface: one.name, family, address, network };
  const neighbours: Vantage = { ...at, sources: { class: 'lan', cidr: network }, scope: near };
  const outward = facesInternet(one);
  if (scope !== 'global' || (one.kind === 'containers' && !outward)) return [neighbours];
  const routed: Vantage = { ...at, sources: { class: 'private', except: network }, scope: near };
  return outward
    ? [neighbours, routed, { ...at, sources: { class: 'internet' }, scope: 'any' }]
    : [neighbours, routed];
}

/** `10.77.0.2` with prefix 24 lies in `10.77.0.0/24`. */
function networkOf({ family, address, prefix }: InterfaceAddress): string {
  const network = parseAddresses(`${address}/${String(prefix)}`);
  return network === null
    ? `${address}/${String(prefix)}`
    : (toPrefixes(network.addresses, family)[0] ?? address);
}
