/** Words for how somebody comes to a container from another machine. */
import type { Citation } from '../../engine/check.ts';
import type { Evidence } from '../../host/evidence.ts';
import type { AiService } from '../../facts/catalogue/ai-services.ts';
import { authenticationOf } from '../../facts/catalogue/authentication.ts';
import { exposuresOf, serviceBehind } from '../../facts/catalogue/service-behind.ts';
import { citationsOf, doubtOf, socketOf } from '../../facts/exposure/cite.ts';
import type { Exposure } from '../../facts/exposure/exposure.ts';
import { exposuresOfWorkload } from '../../facts/exposure/of-workload.ts';
import { isLoopback } from '../../facts/exposure/socket-address.ts';
import { citeSetting } from '../../facts/workloads/cite.ts';
import { openNetworkClause } from '../../facts/workloads/networks.ts';
import { namespaceOf } from '../../facts/workloads/shared-namespace.ts';
import type { Workload } from '../../facts/workloads/workload.ts';

/** A port of a container that others reach. */
export interface Entry {
  readonly subject: string;
  /** From where, as the first link of a chain. */
  readonly words: string;
  readonly port: number;
  /** The port in the container; `null` where it is not known, or the same. */
  readonly inside: number | null;
  readonly proto: string;
  readonly evidence: readonly Citation[];
  /** What was seen of the machine; `null` where only a file says that it is published. */
  readonly exposure: Exposure | null;
  readonly credential: (services: readonly AiService[]) => Credential;
}

interface Credential {
  readonly state: 'proved' | 'none' | 'unknown';
  readonly because: string;
}

/** Every such port that is known, and why there may be others; `null`: there are none. */
export interface Entries {
  readonly entries: readonly Entry[];
  readonly doubt: string | null;
}

/**
 * The ways into a container. A file's ports are open to whoever reaches the machine. Of who borrows another's network,
 * the other's count.
 */
export function entriesOf(
  workload: Workload,
  all: readonly Workload[],
  exposures: Evidence<readonly Exposure[]>,
  services: readonly AiService[],
): Entries {
  const { mode, owner } = namespaceOf(workload, 'network', all);
  const unknown = { entries: [], doubt: `who reaches \`${workload.name}\` is not known` };
  if (mode === null) return unknown;
  if (workload.state === 'declared') {
    // On the host's network it opens what it likes; on a macvlan every port of it is open.
    const isOpen = mode === 'host' || owner.openNetworks.length > 0;
    const entries = isOpen ? portsOf(workload, services) : publishedEntries(workload, owner);
    return entries === null ? unknown : { entries, doubt: null };
  }
  if (exposures.state === 'unknown') return unknown;
  // On the host's network its sockets are the machine's: its service is what tells them.
  const own = services.filter((service) => service.workload?.name === workload.name);
  const sockets = own.flatMap((service) => exposuresOf(service, exposures.value, services));
  if (mode === 'host' && own.length === 0) return unknown;
  const published = exposuresOfWorkload(exposures.value, owner.name);
  const entries = [...new Set([...published, ...sockets])]
    .filter(({ scope }) => scope !== 'loopback' && scope !== 'containers')
    .map((exposure) => exposureEntry(workload, exposure));
  const [open] = owner.openNetworks;
  return { entries, doubt: open === undefined ? null : `\`${owner.name}\` ${openNetworkClause(open)}` };
}

/** The ports that the product of the catalogue opens by itself; `null`: it is none. */
function portsOf(workload: Workload, services: readonly AiService[]): Entry[] | null {
  const service = services.find((each) => each.workload?.name === workload.name) ?? null;
  const ports = service?.service.ports ?? [];
  if (ports.length === 0) return null;
  return ports.map(({ port, proto }) => ({
    ...{ port, inside: null, proto, exposure: null },
    subject: `${workload.name} on port ${String(port)}/${proto}`,
    words: 'whoever reaches the machine',
    evidence: [citeSetting(workload, 'network', workload.namespaces.network)],
    credential: () => credentialOf(service),
  }));
}

const places = { any: 'the internet', lan: 'the local network', vpn: 'the VPN' } as const;

function exposureEntry({ name }: Workload, exposure: Exposure): Entry {
  const { scope, port, proto } = exposure;
  const place = scope === 'any' || scope === 'lan' || scope === 'vpn' ? places[scope] : null;
  return {
    ...{ port, inside: null, proto, exposure, subject: `${name} on ${socketOf(exposure)}` },
    words: place ?? 'somebody',
    evidence: citationsOf(exposure),
    credential: (services) =>
      place === null
        ? { state: 'unknown', because: doubtOf(exposure) }
        : credentialOf(serviceBehind(exposure, services)),
  };
}

function publishedEntries(workload: Workload, owner: Workload): Entry[] {
  const open = owner.publishes.filter(({ hostAddress }) => !isLoopback(hostAddress));
  // Without an address a port is published on both wildcards: that is one door.
  const doors = new Map(open.toReversed().map((each) => [`${String(each.hostPort)}/${each.proto}`, each]));
  return [...doors.values()].toReversed().map(({ hostAddress, hostPort, containerPort, proto }) => ({
    ...{ port: hostPort, inside: containerPort, proto, exposure: null },
    subject: `${workload.name} on ${hostAddress.includes(':') ? `[${hostAddress}]` : hostAddress}:${String(hostPort)}/${proto}`,
    words: 'whoever reaches the machine',
    evidence: [
      citeSetting(
        workload,
        'ports',
        `${hostAddress}:${String(hostPort)}:${String(containerPort)}/${proto}`,
        `${String(containerPort)}/${proto}`,
      ),
    ],
    credential: (services) =>
      credentialOf(services.find((service) => service.workload?.name === workload.name) ?? null),
  }));
}

function credentialOf(service: AiService | null): Credential {
  if (service === null) return { state: 'unknown', because: 'what it asks of a client is not known' };
  const { state, because } = authenticationOf(service);
  return { state: state === 'partial' ? 'unknown' : state, because: `it ${because}` };
}
