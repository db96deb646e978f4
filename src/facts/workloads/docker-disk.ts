import * as z from 'zod';
import type { Evidence } from '../../host/evidence.ts';
import { known, knownInPart, unknown } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';
import type { Process } from '../processes.ts';
import { workloadOf } from './docker-inspect.ts';
import type { Engine } from './engine.ts';
import { Inspect, InspectMount } from './inspect-format.ts';
import type { Workload } from './workload.ts';

/**
 * Containers as the engine keeps them on disk, for an engine that does not run or a mounted disk:
 * `containers/ID/config.v2.json` and `hostconfig.json` (moby, container/container.go).
 */
export async function containersOnDisk(
  host: Host,
  engine: Engine,
  processes: Evidence<readonly Process[]>,
): Promise<Evidence<Workload[]>> {
  const roots = await dataRootsOf(host, engine.dataRoot);
  if (roots.state === 'unknown') return roots;
  // The first process of a container is the oldest: of several entries the last one stays.
  const running = new Map(
    (processes.state === 'known' ? processes.value.toReversed() : []).flatMap(
      ({ containerId, pid }): [string, number][] => (containerId === null ? [] : [[containerId, pid]]),
    ),
  );
  const found = await Promise.all(roots.value.map((root) => containersUnder(host, engine, root, running)));
  return knownInPart(
    found.flatMap(({ workloads }) => workloads),
    engine.dataRoot,
    found.flatMap(({ gaps }) => gaps),
  );
}

/** With userns-remap the engine works in a directory named after the user and group: `100000.100000`. */
async function dataRootsOf(host: Host, dataRoot: string): Promise<Evidence<string[]>> {
  const names = await host.list(dataRoot);
  if (names.state === 'unknown') {
    return unknown(names.why, `${dataRoot} may not be read: run as root to see the containers`, dataRoot);
  }
  const mapped = (names.value ?? []).filter((name) => /^\d+\.\d+$/.test(name));
  return known([dataRoot, ...mapped.map((name) => `${dataRoot}/${name}`)], dataRoot);
}

async function containersUnder(
  host: Host,
  engine: Engine,
  root: string,
  running: ReadonlyMap<string, number>,
) {
  const list = await host.list(`${root}/containers`);
  if (list.state === 'unknown') {
    return { workloads: [], gaps: [`${list.detail}: run as root to see the containers`] };
  }
  const ids = (list.value ?? []).filter((name) => /^[0-9a-f]{64}$/.test(name));
  const read = await Promise.all(
    ids.map(async (id) => {
      const directory = `${root}/containers/${id}`;
      const [config, hostConfig] = await Promise.all([
        host.read(`${directory}/config.v2.json`),
        host.read(`${directory}/hostconfig.json`),
      ]);
      for (const each of [config, hostConfig]) if (each.state === 'unknown') return { gap: each.detail };
      const texts = [config, hostConfig].map((each) => (each.state === 'known' ? (each.value ?? '') : ''));
      const inspect = inspectOf(texts[0] ?? '', texts[1] ?? '', running.get(id) ?? 0);
      if (inspect === null) return { gap: `${directory} does not hold what the engine keeps there` };
      return { inspect, directory };
    }),
  );
  const inspected = read.flatMap(({ inspect, directory }) =>
    inspect === undefined ? [] : [{ inspect, directory }],
  );
  const { boundVolumes, gaps } = await volumesUnder(
    host,
    root,
    inspected.map(({ inspect }) => inspect),
  );
  const workloads = inspected.map(({ inspect, directory }) =>
    workloadOf(inspect, {
      origin: `${directory}/hostconfig.json`,
      engine: engine.sockets[0]?.path ?? null,
      directory,
      defaultRuntime: engine.defaultRuntime,
      boundVolumes,
    }),
  );
  return { workloads, gaps: [...gaps, ...read.flatMap(({ gap }) => gap ?? [])] };
}

const Config = z.object({
  ID: z.string(),
  State: z.object({ StartedAt: z.string().default('') }),
  MountPoints: z.record(z.string(), InspectMount).nullish(),
  NetworkSettings: z.object({ Networks: z.record(z.string(), z.unknown()).nullish() }).nullish(),
});

/** The two files in the shape of an inspect; `null` when they are not understood. */
export function inspectOf(config: string, hostConfig: string, pid: number): Inspect | null {
  try {
    const json: unknown = JSON.parse(config);
    const { ID, State, MountPoints, NetworkSettings } = Config.parse(json);
    const never = State.StartedAt.startsWith('0001-');
    const inspect = {
      ...(json as object),
      Id: ID,
      State: { Status: pid > 0 ? 'running' : never ? 'created' : 'exited', Pid: pid },
      HostConfig: JSON.parse(hostConfig) as unknown,
      Mounts: Object.values(MountPoints ?? {}),
      // The file keeps the ports of the last run: nothing is published now.
      NetworkSettings: { Ports: {}, Networks: NetworkSettings?.Networks ?? {} },
    };
    return Inspect.parse(inspect);
  } catch {
    return null;
  }
}

const VolumeOptions = z.object({ MountDevice: z.string().default('') });

/** `volumes/NAME/opts.json` holds the options of a volume that has any (moby, volume/local). */
async function volumesUnder(host: Host, root: string, inspected: readonly Inspect[]) {
  const names = new Set(
    inspected.flatMap(({ Mounts }) => (Mounts ?? []).map(({ Name }) => Name)).filter(Boolean),
  );
  const boundVolumes = new Map<string, string>();
  const gaps: string[] = [];
  for (const name of names) {
    const text = await host.read(`${root}/volumes/${name}/opts.json`);
    const device = text.state === 'known' ? mountDeviceOf(text.value) : null;
    if (device === null) gaps.push(`what volume ${name} binds was not read: run as root`);
    else if (device.startsWith('/')) boundVolumes.set(name, device);
  }
  return { boundVolumes, gaps };
}

/** `null` for what is not understood. */
function mountDeviceOf(text: string | null): string | null {
  try {
    return VolumeOptions.parse(JSON.parse(text ?? '{}')).MountDevice;
  } catch {
    return null;
  }
}
