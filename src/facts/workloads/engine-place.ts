import type { FactReader } from '../../engine/fact.ts';
import type { Host } from '../../host/host.ts';
import type { Process } from '../processes.ts';
import type { ConfiguredEngine, EngineSocket } from './engine-configuration.ts';
import { accountOf, configurationOf, socketsOf, textOption } from './engine-configuration.ts';

/** A Docker Engine as it was set up, before it is asked. */
export interface Place {
  readonly daemon: Process | undefined;
  readonly configured: ConfiguredEngine;
  readonly sockets: readonly EngineSocket[];
  readonly dataRoot: string;
  /** Why there is none to ask it on; `null` where there is one. */
  readonly silent: string | null;
}

/** Where it listens and keeps its data, by its settings. */
export async function placeOf(host: Host, read: FactReader, daemon: Process | undefined): Promise<Place> {
  const account = await accountOf(host, daemon);
  const configured = await configurationOf(host, read, daemon, account);
  const sockets = await socketsOf(host, configured, daemon);
  const dataRoot =
    textOption(configured.options, 'data-root') ??
    textOption(configured.options, 'graph') ??
    (account === null ? '/var/lib/docker' : `${account.home}/.local/share/docker`);
  const silent = sockets.length === 0 ? 'listens on TCP alone' : null;
  return { daemon, configured, sockets, dataRoot, silent };
}

/** One socket is answered by one engine: a second one that seems to have it would be judged by the first one's answers. */
export function eachItsOwnSockets(places: readonly Place[]): readonly Place[] {
  const taken = new Set<string>();
  return places.map((place) => {
    const sockets = place.sockets.filter(({ path }) => !taken.has(path));
    for (const { path } of sockets) taken.add(path);
    if (sockets.length > 0 || place.silent !== null) return { ...place, sockets };
    const lost = place.sockets.map(({ path }) => path).join(', ');
    return {
      ...place,
      sockets,
      silent: `has no socket of its own that was seen: ${lost} is another dockerd’s`,
    };
  });
}
