import ipaddr from 'ipaddr.js';
import * as z from 'zod';
import { defineFact } from '../../engine/fact.ts';
import { mapEvidence, unknown } from '../../host/evidence.ts';
import type { Interface, InterfaceAddress } from './interface.ts';
import { kindOf } from './interface.ts';
import { readJson } from './ip-json.ts';
import { interfacesFromProc } from './proc-interfaces.ts';

const Link = z.object({
  ifname: z.string(),
  flags: z.array(z.string()),
  master: z.string().optional(),
  link_type: z.string().optional(),
  linkinfo: z.object({ info_kind: z.string().optional() }).optional(),
  addr_info: z
    .array(
      z.object({
        family: z.string().optional(),
        local: z.string().optional(),
        prefixlen: z.number().optional(),
        scope: z.string().optional(),
      }),
    )
    .default([]),
});
const Links = z.array(Link);
const Routes = z.array(
  z.object({ dst: z.string(), dev: z.string().optional(), type: z.string().optional() }),
);

const addressCommand = ['ip', '-j', 'address'] as const;

/** From ip(8), or from /proc where it is not installed: then IPv4 prefixes come from the routes. */
export const interfacesFact = defineFact<readonly Interface[]>({
  id: 'interfaces',
  gather: async (host) => {
    if (!host.origin.running) {
      return unknown('unsupported', 'files alone do not show the addresses in use', 'ip -j address');
    }
    const [links, routes, routes6] = await Promise.all([
      readJson(host, addressCommand, Links),
      readJson(host, ['ip', '-j', 'route'], Routes),
      readJson(host, ['ip', '-j', '-6', 'route'], Routes),
    ]);
    if (links.state === 'unknown') {
      return links.why === 'tool-missing' ? interfacesFromProc(host) : links;
    }
    const all = [routes, routes6].flatMap((one) => (one.state === 'known' ? one.value : []));
    const gateways = new Set(all.filter(isDefault).map(({ dev }) => dev));
    return mapEvidence(links, (found) => found.map((link) => interfaceOf(link, gateways)));
  },
});

function isDefault({ dst, type }: z.infer<typeof Routes>[number]): boolean {
  return ['default', '0.0.0.0/0', '::/0'].includes(dst) && (type === undefined || type === 'unicast');
}

function interfaceOf(link: z.infer<typeof Link>, gateways: ReadonlySet<string | undefined>): Interface {
  const loopback = link.flags.includes('LOOPBACK');
  const addresses = link.addr_info.flatMap(addressOf);
  return {
    name: link.ifname,
    kind: link.link_type === 'none' && !loopback ? 'vpn' : kindOf(link.ifname, loopback),
    up: link.flags.includes('UP'),
    // An interface of a VRF has a master too, and addresses of its own.
    port: link.master !== undefined && addresses.every(({ scope }) => scope === 'link'),
    addresses,
    defaultRoute: gateways.has(link.ifname),
  };
}

function addressOf(info: z.infer<typeof Link>['addr_info'][number]): readonly InterfaceAddress[] {
  const { local, prefixlen, scope } = info;
  if (local === undefined || prefixlen === undefined || !ipaddr.isValid(local)) return [];
  const family = local.includes(':') ? 'ip6' : 'ip';
  return [{ family, address: local, prefix: prefixlen, scope: scopeOf(scope) }];
}

function scopeOf(scope: string | undefined): InterfaceAddress['scope'] {
  return scope === 'host' || scope === 'link' ? scope : 'global';
}
