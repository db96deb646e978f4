import * as z from 'zod';
import type { Evidence } from '../../host/evidence.ts';
import { knownInPart, unknown } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';
import { hostArguments, isDefaultEngine } from './default-engine.ts';
import { workloadOf } from './docker-inspect.ts';
import { getJson } from './engine-answers.ts';
import type { Engine } from './engine.ts';
import { Inspect } from './inspect-format.ts';
import type { Workload } from './workload.ts';

const Listed = z.array(z.object({ Id: z.string(), Names: z.array(z.string()).nullish() }));

const Volumes = z.object({
  Volumes: z
    .array(
      z.object({
        Name: z.string(),
        Driver: z.string().nullish(),
        Options: z.record(z.string(), z.string()).nullish(),
      }),
    )
    .nullish(),
});

/** One list, one inspect per container, one list of volumes; nothing runs inside a container. */
export async function containersOfEngine(host: Host, engine: Engine): Promise<Evidence<Workload[]>> {
  const socket = engine.sockets[0]?.path ?? '';
  if (engine.unheard !== null) return unknown(engine.unheard.why, engine.unheard.detail, socket);
  const [listed, volumes] = await Promise.all([
    getJson(host, socket, '/containers/json?all=1', Listed),
    getJson(host, socket, '/volumes', Volumes),
  ]);
  if (listed.state === 'unknown') return listed;
  const boundVolumes = volumes.state === 'known' ? boundVolumesOf(volumes.value) : new Map<string, string>();
  const inspected = await Promise.all(
    listed.value.map(async ({ Id, Names }) => {
      const inspect = await getJson(host, socket, `/containers/${Id}/json`, Inspect);
      const name = Names?.[0]?.replace(/^\//, '') ?? Id.slice(0, 12);
      if (inspect.state === 'unknown') return { gap: `container ${name} was not read: ${inspect.detail}` };
      const context = {
        origin: ['docker', ...hostArguments(socket), 'inspect', name].join(' '),
        engine: socket,
        // Of another engine, what edits a definition does not stop the service.
        directory:
          engine.rootless === true || !isDefaultEngine(socket) ? null : `${engine.dataRoot}/containers/${Id}`,
        defaultRuntime: engine.defaultRuntime,
        boundVolumes,
      };
      return { workload: workloadOf(inspect.value, context) };
    }),
  );
  const gaps = inspected.flatMap(({ gap }) => gap ?? []);
  if (volumes.state === 'unknown') gaps.push(`what volumes bind was not read: ${volumes.detail}`);
  return knownInPart(
    inspected.flatMap(({ workload }) => workload ?? []),
    listed.source,
    gaps,
  );
}

/** Volumes of the local driver that mount a directory or device of the host; see mount(8). */
export function boundVolumesOf({ Volumes: volumes }: z.infer<typeof Volumes>): Map<string, string> {
  return new Map(
    (volumes ?? []).flatMap(({ Name, Driver, Options }): [string, string][] => {
      // What a plugin takes as a device is its own.
      const device = (Driver ?? 'local') === 'local' ? Options?.device : undefined;
      return device?.startsWith('/') === true ? [[Name, device]] : [];
    }),
  );
}
