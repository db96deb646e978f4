import ipaddr from 'ipaddr.js';
import type { Evidence } from '../../host/evidence.ts';
import { known, unknown } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';
import type { Interface, InterfaceAddress } from './interface.ts';
import { kindOf } from './interface.ts';

const sources = ['/proc/net/dev', '/proc/net/route', '/proc/net/fib_trie', '/proc/net/if_inet6'] as const;

interface Route {
  readonly device: string;
  readonly network: string;
  readonly prefix: number;
}

/** The same from /proc/net: enough to know which addresses lie on which link. */
export async function interfacesFromProc(host: Host): Promise<Evidence<readonly Interface[]>> {
  const [devices, routes, trie, inet6] = await Promise.all(sources.map((path) => host.read(path)));
  for (const [index, content] of [devices, routes, trie].entries()) {
    const path = sources[index] ?? '/proc/net';
    if (content?.state === 'unknown') return content;
    if (content?.value === null)
      return unknown('unsupported', `${path} does not exist; install iproute2`, path);
  }
  const table = routesOf(textOf(routes));
  const local = localAddresses(textOf(trie));
  const remaining = deviceOfTheRest(table);
  const addresses6 = addresses6Of(textOf(inet6));
  const names = Array.from(textOf(devices).matchAll(/^\s*([^\s:]+):/gm), (match) => match[1] ?? '');
  return known(
    names.map((name) => {
      const loopback = name === 'lo';
      const own = loopback
        ? [{ family: 'ip', address: '127.0.0.1', prefix: 8, scope: 'host' } as const]
        : local.flatMap((address) => onLink(address, name, table, remaining));
      return {
        name,
        kind: kindOf(name, loopback),
        port: false,
        up: loopback || table.some(({ device }) => device === name),
        addresses: [...own, ...(addresses6.get(name) ?? [])],
        defaultRoute: table.some(({ device, prefix }) => device === name && prefix === 0),
      };
    }),
    '/proc/net',
  );
}

function textOf(content: Evidence<string | null> | undefined): string {
  return content?.state === 'known' ? (content.value ?? '') : '';
}

/** /proc/net/route: little-endian hexadecimal destination and mask. */
function routesOf(text: string): readonly Route[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const fields = line.trim().split(/\s+/);
      const [device = '', destination = ''] = fields;
      const network = fromHex(destination);
      const prefix = ipaddr.IPv4.isValidFourPartDecimal(fromHex(fields[7] ?? '') ?? '')
        ? ipaddr.IPv4.parse(fromHex(fields[7] ?? '') ?? '0.0.0.0').prefixLengthFromSubnetMask()
        : null;
      return network === null || prefix === null ? [] : [{ device, network, prefix }];
    });
}

function fromHex(word: string): string | null {
  if (!/^[0-9A-F]{8}$/i.test(word)) return null;
  return (word.match(/../g) ?? [])
    .toReversed()
    .map((byte) => String(Number.parseInt(byte, 16)))
    .join('.');
}

/** The machine's own addresses: leaves of /proc/net/fib_trie that are `/32 host LOCAL`. */
function localAddresses(text: string): readonly string[] {
  const leaves = text.matchAll(/\|-- (\d+\.\d+\.\d+\.\d+)\n\s+\/32 host LOCAL/g);
  return [...new Set(Array.from(leaves, (match) => match[1] ?? ''))].filter(
    (address) => !address.startsWith('127.'),
  );
}

/** By the route of its network; an address without one, as cloud machines have, is alone on its link. */
function onLink(
  address: string,
  device: string,
  table: readonly Route[],
  remaining: string | null,
): readonly InterfaceAddress[] {
  const matching = table.filter(
    ({ network, prefix }) =>
      prefix > 0 && ipaddr.IPv4.parse(address).match(ipaddr.IPv4.parse(network), prefix),
  );
  const route = matching.find((one) => one.device === device);
  const alone = matching.length === 0 && device === remaining;
  if (route === undefined && !alone) return [];
  return [{ family: 'ip', address, prefix: route?.prefix ?? 32, scope: 'global' }];
}

/** Where an address without a route of its own must lie: where the default route leaves. */
function deviceOfTheRest(table: readonly Route[]): string | null {
  return table.find(({ prefix }) => prefix === 0)?.device ?? null;
}

/** /proc/net/if_inet6: address, index, prefix, scope, flags, name. */
function addresses6Of(text: string): ReadonlyMap<string, readonly InterfaceAddress[]> {
  const found = new Map<string, InterfaceAddress[]>();
  for (const line of text.split('\n')) {
    const match = /^([0-9a-f]{32}) [0-9a-f]+ ([0-9a-f]{2}) ([0-9a-f]{2}) [0-9a-f]+\s+(\S+)$/.exec(line);
    if (match === null) continue;
    const [, hex = '', prefix = '', scope = '', name = ''] = match;
    const address = ipaddr.IPv6.parse((hex.match(/.{4}/g) ?? []).join(':')).toString();
    // include/net/ipv6.h: IPV6_ADDR_LOOPBACK 0x10, IPV6_ADDR_LINKLOCAL 0x20.
    const kind = scope === '10' ? 'host' : scope === '20' ? 'link' : 'global';
    const list = found.get(name) ?? [];
    list.push({ family: 'ip6', address, prefix: Number.parseInt(prefix, 16), scope: kind });
    found.set(name, list);
  }
  return found;
}
