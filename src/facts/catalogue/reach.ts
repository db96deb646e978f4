import type { Citation } from '../../engine/check.ts';
import type { AiService } from './ai-services.ts';
import { hostPart, joinHostPort, scopeOf } from './bind-address.ts';
import { settingOf } from './settings.ts';

/**
 * Whether anything but this machine can connect to a service, before any firewall.
 *
 * `unknown`: its sockets or its settings were not seen.
 */
export interface Reach {
  readonly state: 'loopback' | 'beyond' | 'unknown';
  /** As a clause: "listens on 0.0.0.0:8000". */
  readonly because: string;
  readonly evidence: readonly Citation[];
}

export function reachOf(service: AiService): Reach {
  return isolatedContainer(service)
    ? publishedReach(service)
    : (listenerReach(service) ?? configuredReach(service));
}

/**
 * Whether a service has network addresses of its own, so that only what is published leads to it.
 *
 * In a container that no engine told of, it has, unless the host's own sockets are its.
 */
export function isolatedContainer({ workload, listeners, processes }: AiService): boolean {
  if (workload !== null) return workload.namespaces.network !== 'host';
  return listeners.length === 0 && processes.some(({ containerId }) => containerId !== null);
}

function publishedReach({ workload }: AiService): Reach {
  if (workload === null)
    return unseen('it runs in a container whose engine was not asked, and what is published decides');
  const { publishes, openNetworks, namespaces, origin: source, source: kind } = workload;
  if (kind === 'kubernetes') return unseen('a Service object may lead to its pod');
  if (namespaces.network.startsWith('container:')) {
    return unseen(`it shares the network of ${namespaces.network}, and what that publishes decides`);
  }
  const evidence = publishes.map(({ hostAddress, hostPort, containerPort }) => ({
    source,
    line: null,
    excerpt: `${joinHostPort(hostAddress, hostPort)} -> ${String(containerPort)}`,
  }));
  const open = publishes.find(({ hostAddress }) => scopeOf(hostAddress) !== 'loopback');
  if (open !== undefined) {
    return {
      state: 'beyond',
      because: `is published on ${joinHostPort(open.hostAddress, open.hostPort)}`,
      evidence,
    };
  }
  const [network] = openNetworks;
  if (network !== undefined) {
    const kind = network.kind ?? 'whose driver was not seen';
    return unseen(`it is on the network ${network.name} (${kind}), where it may have an address of its own`);
  }
  const because = publishes.length === 0 ? 'publishes no port' : 'is published on loopback only';
  return { state: 'loopback', because, evidence };
}

/** By the sockets that it holds; `null` when none was seen. */
function listenerReach({ listeners }: AiService): Reach | null {
  if (listeners.length === 0) return null;
  const evidence = listeners.map(({ proto, address, port }) => ({
    source: 'listening sockets',
    line: null,
    excerpt: `${proto} ${joinHostPort(address, port)}`,
  }));
  const open = listeners.find(({ address }) => scopeOf(address) !== 'loopback');
  if (open === undefined) return { state: 'loopback', because: 'listens on loopback only', evidence };
  return { state: 'beyond', because: `listens on ${joinHostPort(open.address, open.port)}`, evidence };
}

function configuredReach(service: AiService): Reach {
  const { settings, default: otherwise } = service.service.bind;
  const evidence: Citation[] = [];
  for (const setting of settings) {
    const value = settingOf(service, setting);
    if (value.state === 'unknown') return { ...unseen(value.because), evidence: [value.citation] };
    evidence.push(value.citation);
    if (value.value === null || value.value.trim() === '') continue;
    const state = scopeOf(hostPart(value.value.trim()));
    const because =
      state === 'unknown' ? `${value.value} is a name` : `listens on ${value.value} by ${setting.name}`;
    return { state, because, evidence: [value.citation] };
  }
  if (otherwise === 'unknown') return unseen('none of its sockets was seen; run as root while it runs');
  const because =
    otherwise === 'any' ? 'listens on every address by default' : 'listens on loopback by default';
  return { state: otherwise === 'any' ? 'beyond' : 'loopback', because, evidence };
}

function unseen(because: string): Reach {
  return { state: 'unknown', because, evidence: [] };
}
