import * as z from 'zod';
import type { Host } from '../../host/host.ts';
import { homesOf } from '../homes.ts';

const Meta = z.object({
  Name: z.string(),
  Endpoints: z.object({ docker: z.object({ Host: z.string().default('') }).nullish() }),
});

/**
 * A sentence for every unix socket that a Docker context of a user leads to, that is there, and that is of no
 * engine which is read: `~/.docker/contexts/meta/ID/meta.json`, docker-context(1). It is not connected to, because
 * systemd may hold it. What a context over TCP or SSH leads to is another machine's, to be audited there; a list that
 * may not be read hides no engine, which runs as a process here.
 */
export async function contextGaps(host: Host, readSockets: ReadonlySet<string>): Promise<string[]> {
  const homes = await homesOf(host);
  const found = await Promise.all(
    ['/root', ...(homes.state === 'known' ? homes.value : [])].map(async (home) => {
      const directory = `${home}/.docker/contexts/meta`;
      const names = await host.list(directory);
      const ids = names.state === 'known' ? (names.value ?? []) : [];
      return Promise.all(ids.map((id) => gapOf(host, `${directory}/${id}/meta.json`, readSockets)));
    }),
  );
  return found.flat().filter((gap) => gap !== null);
}

async function gapOf(host: Host, file: string, readSockets: ReadonlySet<string>): Promise<string | null> {
  const text = await host.read(file);
  if (text.state === 'unknown' || text.value === null) return null;
  const meta = metaOf(text.value);
  const [, socket] = /^unix:\/\/(\/.+)$/.exec(meta?.Endpoints.docker?.Host ?? '') ?? [];
  if (meta === null || socket === undefined) return null;
  const path = socket.replace(/^\/var\/run\//, '/run/');
  if (readSockets.has(path)) return null;
  const stat = await host.stat(path);
  if (stat.state === 'known' && stat.value === null) return null;
  return `the context ${meta.Name} in ${file} leads to ${path}, which is no engine’s that is read here: containers behind it are not read`;
}

function metaOf(text: string): z.infer<typeof Meta> | null {
  try {
    return Meta.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
