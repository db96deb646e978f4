import * as z from 'zod';
import { defineFact } from '../../engine/fact.ts';
import type { Evidence, Known } from '../../host/evidence.ts';
import { gapsOf, known, knownInPart, unknown } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';
import type { Family } from '../netfilter/addresses.ts';
import { everyAddress, parseAddresses } from '../netfilter/addresses.ts';
import type { InterfaceSettings, Route, Routing, RoutingRule } from '../netfilter/routing.ts';
import { routingOf } from '../netfilter/machine.ts';
import type { Interface } from './interface.ts';
import { interfacesFact } from './interfaces.ts';
import { readJson } from './ip-json.ts';

const Hop = z.object({ dev: z.string().optional() });
const RouteLine = z.object({
  type: z.string().default('unicast'),
  dst: z.string(),
  dev: z.string().optional(),
  table: z.union([z.string(), z.number()]).default('main'),
  metric: z.number().default(0),
  nexthops: z.array(Hop).default([]),
  /** IPv6 alone has preferences (RFC 4191), and `table all` lists both families. */
  pref: z.string().optional(),
});
const RuleLine = z.looseObject({
  priority: z.number(),
  src: z.string().optional(),
  not: z.unknown().optional(),
  fwmark: z.string().optional(),
  fwmask: z.string().optional(),
  iif: z.string().optional(),
  table: z.union([z.string(), z.number()]).optional(),
  suppress_prefixlen: z.number().optional(),
});

const followed = new Set(
  'priority src srclen not fwmark fwmask iif table suppress_prefixlen protocol action'.split(' '),
);

/**
 * The kernel's routes, routing rules and what each interface forwards and believes: ip-route(8),
 * ip-rule(8), ip-sysctl. Everybody may read them.
 */
export const routingFact = defineFact<Routing>({
  id: 'routing',
  gather: async (host, read) => {
    if (!host.origin.running) {
      return unknown('unsupported', 'files alone do not show the routes in use', 'ip -j route');
    }
    const interfaces = await read(interfacesFact);
    if (interfaces.state === 'unknown') return interfaces;
    const held = interfaces.value.filter(({ addresses }) => addresses.length > 0);
    const families = familiesOf(held);
    const [tables, settings, forwarding6] = await Promise.all([
      Promise.all(families.map((family) => readTables(host, family))),
      readSettings(
        host,
        held.map(({ name }) => name),
      ),
      readNumber(host, '/proc/sys/net/ipv6/conf/all/forwarding'),
    ]);
    const missing = tables.find(({ state }) => state === 'unknown');
    const seen = tables.flatMap((one) => (one.state === 'known' ? [one.value] : []));
    const routing: Routing = {
      ...(missing === undefined
        ? {
            routes: seen.flatMap(({ routes }) => routes),
            rules: seen.flatMap(({ rules }) => rules),
            whole: true,
          }
        : routingOf(interfaces.value)),
      settings: settings.value,
      // Without IPv6 there is no such file, and nothing to forward.
      forwarding6: forwarding6.state === 'unknown' || forwarding6.value === 1,
    };
    const unseen = missing === undefined ? [] : gapsOf(missing).map((gap) => `${gap}: routes were not seen`);
    return knownInPart(routing, 'ip route, ip rule, /proc/sys/net', [...unseen, ...gapsOf(settings)]);
  },
});

/** IPv6 only where an interface has it: a kernel without it has no such tables to list. */
function familiesOf(interfaces: readonly Interface[]): readonly Family[] {
  const has6 = interfaces.some(({ addresses }) => addresses.some(({ family }) => family === 'ip6'));
  return has6 ? ['ip', 'ip6'] : ['ip'];
}

async function readTables(host: Host, family: Family): Promise<Evidence<Pick<Routing, 'routes' | 'rules'>>> {
  const six = family === 'ip6' ? ['-6'] : [];
  const [routes, rules] = await Promise.all([
    readJson(host, ['ip', '-j', ...six, 'route', 'show', 'table', 'all'], z.array(RouteLine)),
    readJson(host, ['ip', '-j', ...six, 'rule'], z.array(RuleLine)),
  ]);
  if (routes.state === 'unknown') return routes;
  if (rules.state === 'unknown') return rules;
  const value = { routes: routesOf(routes.value, family), rules: rulesOf(rules.value, family) };
  return known(value, routes.source);
}

function routesOf(lines: readonly z.infer<typeof RouteLine>[], family: Family): readonly Route[] {
  return lines.flatMap(({ type, dst, dev, table, metric, nexthops, pref }): readonly Route[] => {
    if (pref !== undefined && family === 'ip') return [];
    const destination = dst === 'default' ? { family, addresses: everyAddress(family) } : parseAddresses(dst);
    if (destination?.family !== family) return [];
    const full = family === 'ip' ? 32 : 128;
    const bits = dst === 'default' ? 0 : Number(dst.split('/')[1] ?? full);
    const devices = [dev, ...nexthops.map((hop) => hop.dev)].filter((name) => name !== undefined);
    const route = { family, table: String(table), type, bits, metric, devices };
    return [{ ...route, destination: destination.addresses }];
  });
}

function rulesOf(lines: readonly z.infer<typeof RuleLine>[], family: Family): readonly RoutingRule[] {
  return lines.map((line) => ({
    family,
    priority: line.priority,
    table: line.table === undefined ? null : tableName(line.table),
    mark:
      line.fwmark === undefined
        ? null
        : { value: Number(line.fwmark), mask: Number(line.fwmask ?? '0xffffffff') },
    inInterface: line.iif ?? null,
    negated: 'not' in line,
    suppressed: line.suppress_prefixlen ?? null,
    conditional:
      (line.src !== undefined && line.src !== 'all') || Object.keys(line).some((key) => !followed.has(key)),
  }));
}

/** ip-rule(8) prints well-known tables by name, ip-route(8) as well. */
function tableName(table: string | number): string {
  return { '255': 'local', '254': 'main', '253': 'default' }[String(table)] ?? String(table);
}

async function readSettings(
  host: Host,
  names: readonly string[],
): Promise<Known<ReadonlyMap<string, InterfaceSettings>>> {
  const path = (name: string, key: string) => `/proc/sys/net/ipv4/conf/${name}/${key}`;
  const [all, allLocal] = await Promise.all([
    readNumber(host, path('all', 'rp_filter')),
    readNumber(host, path('all', 'accept_local')),
  ]);
  const gaps = [...gapsOf(all)];
  const found = await Promise.all(
    names.map(async (name) => {
      const [forwarding, localnet, filter, local] = await Promise.all([
        readNumber(host, path(name, 'forwarding')),
        readNumber(host, path(name, 'route_localnet')),
        readNumber(host, path(name, 'rp_filter')),
        readNumber(host, path(name, 'accept_local')),
      ]);
      gaps.push(...[forwarding, localnet, filter].flatMap(gapsOf));
      const settings = {
        forwarding: forwarding.state === 'unknown' || forwarding.value !== 0,
        routeLocalnet: localnet.state === 'known' && localnet.value !== 0,
        // What was not read keeps nobody out.
        reversePathFilter:
          filter.state === 'known' && all.state === 'known' ? Math.max(all.value, filter.value) : 0,
        acceptLocal: [allLocal, local].some((one) => one.state === 'unknown' || one.value !== 0),
      };
      return [name, settings] as const;
    }),
  );
  return knownInPart(new Map(found), '/proc/sys/net/ipv4/conf', gaps.slice(0, 1));
}

async function readNumber(host: Host, path: string): Promise<Evidence<number>> {
  const text = await host.read(path);
  if (text.state === 'unknown') return text;
  const value = Number((text.value ?? '').trim());
  return text.value === null || !Number.isInteger(value)
    ? unknown('unsupported', `${path} has no number`, path)
    : known(value, path);
}
