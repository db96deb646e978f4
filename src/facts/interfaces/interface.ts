import { isPublic } from '../netfilter/address-classes.ts';

/** A network interface of the host's own namespace. */
export interface Interface {
  readonly name: string;
  readonly kind: InterfaceKind;
  /** Administratively up. */
  readonly up: boolean;
  /** Its packets come in over the bridge or bond that it is a port of. */
  readonly port: boolean;
  readonly addresses: readonly InterfaceAddress[];
  /** Whether a default route of IPv4 or IPv6 leaves through it. */
  readonly defaultRoute: boolean;
}

/** `containers`: an engine's bridge or its containers' ends; `vpn`: WireGuard, Tailscale, tun. */
export type InterfaceKind = 'loopback' | 'containers' | 'vpn' | 'link';

export interface InterfaceAddress {
  readonly family: 'ip' | 'ip6';
  readonly address: string;
  readonly prefix: number;
  /** `link`: IPv6 that no router forwards, `fe80::/10`. */
  readonly scope: 'host' | 'link' | 'global';
}

const containers =
  /^(?:docker|br-[0-9a-f]{12}$|veth|podman|cni|cilium|lxc|lxd|virbr|vnet|flannel|cali|kube|incus)/;
const vpns = /^(?:wg|tun|tap|ppp|tailscale|zt|nebula|ipsec|vti|utun|netbird|wt\d)/;

/**
 * Whether packets from the internet come in over it: a link, or, whatever its name, where a default route
 * leaves or a public address lies. A provider's `ppp0` is no VPN.
 */
export function facesInternet({ kind, defaultRoute, addresses }: Interface): boolean {
  if (kind === 'link' || (kind !== 'loopback' && defaultRoute)) return true;
  return kind === 'vpn' && addresses.some(({ address }) => isPublic(address));
}

/** By the name that the programs give; the kernel does not tell who made a bridge. */
export function kindOf(name: string, loopback: boolean): InterfaceKind {
  if (loopback) return 'loopback';
  if (containers.test(name)) return 'containers';
  return vpns.test(name) ? 'vpn' : 'link';
}
