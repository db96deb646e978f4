import * as z from 'zod';
import type { Evidence } from '../../host/evidence.ts';
import { known, unknown } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';

/** What `docker info` and `docker version` tell. */
export interface EngineInfo {
  readonly version: string;
  /** `name=seccomp,profile=default`, `name=apparmor`, `name=rootless`, … */
  readonly security: readonly string[];
  readonly defaultRuntime: string;
  readonly runtimes: readonly string[];
  readonly dataRoot: string;
}

const Info = z.object({
  ServerVersion: z.string(),
  SecurityOptions: z.array(z.string()).nullish(),
  DefaultRuntime: z.string(),
  Runtimes: z.record(z.string(), z.unknown()).nullish(),
  DockerRootDir: z.string(),
});

/**
 * Asks the engine about itself.
 *
 * @param running - `false` keeps aisec from connecting, which would start a socket-activated engine
 */
export async function askEngine(
  host: Host,
  socket: string,
  running: boolean | null,
): Promise<Evidence<EngineInfo>> {
  if (running === false) {
    return unknown('unsupported', 'the Docker Engine does not run', socket);
  }
  const info = await getJson(host, socket, '/info', Info);
  if (info.state === 'unknown') return info;
  const { ServerVersion, SecurityOptions, DefaultRuntime, Runtimes, DockerRootDir } = info.value;
  return known(
    {
      version: ServerVersion,
      security: SecurityOptions ?? [],
      defaultRuntime: DefaultRuntime,
      runtimes: Object.keys(Runtimes ?? {}).toSorted(),
      dataRoot: DockerRootDir,
    },
    info.source,
  );
}

const docker = { name: 'the Docker Engine', help: 'see systemctl status docker' };

/** One answer of the engine's API; a refusal, silence or an error is unknown and says what helps. */
export async function getJson<T>(
  host: Host,
  socket: string,
  path: string,
  schema: z.ZodType<T>,
  engine = docker,
): Promise<Evidence<T>> {
  const answer = await host.get(socket, path);
  const source = `GET ${socket}${path}`;
  if (answer.state === 'unknown') {
    const denied = answer.why === 'denied';
    const detail = denied
      ? `${socket} may not be opened: run as root to see the containers`
      : `${engine.name} does not answer on ${socket} (${answer.detail}); ${engine.help}`;
    return unknown(answer.why, detail, source);
  }
  if (answer.value === null) {
    return unknown('unsupported', `there is no socket ${socket} to ask ${engine.name} on`, source);
  }
  const { status, body } = answer.value;
  if (status !== 200) return unknown('unsupported', `${source} answered HTTP ${String(status)}`, source);
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return unknown('unparsable', `${source} answered no JSON`, source);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return known(parsed.data, source);
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') ?? '';
  return unknown('unparsable', `${source} answered something else than expected at ${where}`, source);
}
