import type { ActionCall } from './action.ts';
import { parseActions } from './action.ts';
import type { Ban } from './jail.ts';
import type { PortRange } from './ports.ts';
import { everyPort, parsePorts } from './ports.ts';

/** Chains of the iptables filter table that what is forwarded to a container passes. */
const forwardChains = new Set(['FORWARD', 'DOCKER-USER', 'DOCKER']);

/** What stops requests to web servers, and nothing else. */
const webOnly = /^(?:cloudflare|netscaler|nginx-block-map)/;

/** What the actions of action.d do, by the start of their names. */
const places: readonly (readonly [RegExp, Ban['where']])[] = [
  [/^(?:firewallcmd|ufw|apf|shorewall|hostsdeny|symbiosis|nginx-block-map)/, 'input'],
  [/^(?:route|cloudflare|netscaler|npf|pf|ipfw|bsd-ipfw|ipfilter|osx)/, 'everywhere'],
  [
    /^(?:abuseipdb|apprise|blocklist_de|complain|dshield|dummy|ipthreat|mail|mynetwatchman|nsupdate|sendmail|smtp|xarf|helpers)/,
    'report',
  ],
];

/** Where the bans of a jail's `action` take hold. */
export function bansOf(action: string, services: ReadonlyMap<string, number>): readonly Ban[] {
  return parseActions(action).map((call) => {
    const where = placeOf(call);
    return { action: call.name, where, ports: portsOf(call, where, services) };
  });
}

function placeOf({ name, options }: ActionCall): Ban['where'] {
  if (name.startsWith('iptables')) {
    const chain = options.chain ?? 'INPUT';
    return chain.split(/[\s,]+/).some((each) => forwardChains.has(each)) ? 'forward' : 'input';
  }
  if (name.startsWith('nftables')) return nftPlace(options.chain_hook ?? 'input');
  return places.find(([pattern]) => pattern.test(name))?.[1] ?? 'unknown';
}

function nftPlace(hook: string): Ban['where'] {
  if (hook === 'prerouting' || hook === 'ingress') return 'everywhere';
  return hook === 'forward' ? 'forward' : 'input';
}

function portsOf(
  { name, options }: ActionCall,
  where: Ban['where'],
  services: ReadonlyMap<string, number>,
): readonly PortRange[] | null {
  const allPorts =
    /allports|^(?:ufw|route|hostsdeny|shorewall|apf)/.test(name) || options.type === 'allports';
  if (allPorts) return everyPort;
  if (webOnly.test(name)) return parsePorts('http,https', services);
  // `ssh` is what fail2ban's own actions take when nothing is said; others need not.
  const port = options.port ?? (where === 'unknown' ? null : 'ssh');
  return port === null ? null : parsePorts(port, services);
}
