import * as z from 'zod';
import type { Evidence } from '../../host/evidence.ts';
import { mapEvidence } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';
import { getJson } from './engine-answers.ts';
import type { Engine } from './engine.ts';
import type { OpenNetwork, Workload } from './workload.ts';

/** What makes each network of an engine more than a bridge behind the host's address; `null`: nothing. */
export type NetworkKinds = ReadonlyMap<string, string | null>;

const Networks = z.array(
  z.object({
    Name: z.string(),
    Driver: z.string(),
    EnableIPv6: z.boolean().default(false),
    IPAM: z.object({ Config: z.array(z.object({ Subnet: z.string().default('') })).nullish() }).nullish(),
    Options: z.record(z.string(), z.string()).nullish(),
  }),
);
type Network = z.infer<typeof Networks>[number];

/** One question for all networks. */
export async function networkKinds(host: Host, engine: Engine): Promise<Evidence<NetworkKinds>> {
  const answer = await getJson(host, engine.sockets[0]?.path ?? '', '/networks', Networks);
  return mapEvidence(answer, (networks) => new Map(networks.map((each) => [each.Name, kindOf(each)])));
}

/**
 * Only a bridge that translates addresses hides what is not published. Gateway modes:
 * docs.docker.com/engine/network/drivers/bridge; before Docker 27 nothing filtered IPv6 to containers.
 */
export function kindOf({ Driver, EnableIPv6, IPAM, Options }: Network): string | null {
  if (Driver === 'null' || Driver === 'host') return null;
  if (Driver !== 'bridge') return Driver;
  const modes = Object.entries(Options ?? {}).filter(([name]) => /gateway_mode_ipv[46]$/.test(name));
  const mode = modes.map(([, value]) => value).find((value) => !['', 'nat', 'isolated'].includes(value));
  if (mode !== undefined) return `bridge with gateway mode ${mode}`;
  const subnets = (IPAM?.Config ?? []).map(({ Subnet }) => Subnet);
  const isPublic = EnableIPv6 && subnets.some((subnet) => subnet.includes(':') && !/^f[cde]/i.test(subnet));
  return isPublic ? 'bridge with public IPv6 addresses' : null;
}

/** The engine makes these itself, always alike. */
const builtIn = new Set(['bridge', 'default', 'none', 'host', '', 'private']);

/**
 * The networks of a container that are not proved to hide what it does not publish.
 *
 * @param mode - the network it was made with, where it is on none yet
 * @param kinds - `null` where the engine was not asked
 */
export function openAmong(
  names: readonly string[],
  mode: string,
  kinds: NetworkKinds | null,
): readonly OpenNetwork[] {
  const all = names.length > 0 ? names : [mode];
  return all
    .filter((name) => !/^(?:container|service|ns):/.test(name))
    .flatMap((name) => {
      const kind = kinds?.get(name);
      if (kind === null || (kind === undefined && builtIn.has(name))) return [];
      return [{ name, kind: kind ?? null }];
    });
}

/** What the audit cannot conclude of who reaches running containers, one sentence for each network. */
export function networkGaps(workloads: readonly Workload[]): string[] {
  return workloads
    .filter(({ state }) => state === 'running')
    .flatMap(({ name, openNetworks }) => openNetworks.map((network) => openNetworkSentence(name, network)));
}

function openNetworkSentence(workload: string, network: OpenNetwork): string {
  return `container ${workload} ${openNetworkClause(network)}`;
}

/** What it means for a container to be on such a network. */
export function openNetworkClause({ name, kind }: OpenNetwork): string {
  const what = kind ?? 'whose driver was not seen';
  return `is on the network ${name} (${what}), where others may reach it without a published port`;
}

/**
 * Whether its containers are neighbours of other machines, to which every port of theirs is open; of other kinds that
 * depends on the engine's filters and on routes.
 */
export function isOutside({ kind }: OpenNetwork): boolean {
  return kind === 'macvlan' || kind === 'ipvlan';
}
