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
  /** Settings that it says it runs with, by daemon.json name; what it does not tell is not among them. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Whether it is part of a swarm; `null` when it does not say. */
  readonly swarm: boolean | null;
  /** `1` or `2`; `null` when it does not say. */
  readonly cgroupVersion: string | null;
  readonly authorizationPlugins: readonly string[];
  /** What it says of its runc: a version, a package's version or `v1.2.5-0-g59923ef`. */
  readonly runc: string | null;
}

const Info = z.object({
  ServerVersion: z.string(),
  SecurityOptions: z.array(z.string()).nullish(),
  DefaultRuntime: z.string(),
  Runtimes: z.record(z.string(), z.unknown()).nullish(),
  DockerRootDir: z.string(),
  LoggingDriver: z.string().nullish(),
  LiveRestoreEnabled: z.boolean().nullish(),
  ExperimentalBuild: z.boolean().nullish(),
  RegistryConfig: z
    .object({
      InsecureRegistryCIDRs: z.array(z.string()).nullish(),
      IndexConfigs: z.record(z.string(), z.object({ Secure: z.boolean() })).nullish(),
    })
    .nullish(),
  Swarm: z.object({ LocalNodeState: z.string() }).nullish(),
  CgroupVersion: z.string().nullish(),
  Plugins: z.object({ Authorization: z.array(z.string()).nullish() }).nullish(),
  RuncCommit: z.object({ ID: z.string() }).nullish(),
});
type Info = z.infer<typeof Info>;

/**
 * Asks the engine about itself.
 *
 * @param running - only `true` lets aisec connect: a connection would start a socket-activated engine, `null`
 *   where whether it runs was not seen
 */
export async function askEngine(
  host: Host,
  socket: string,
  running: boolean | null,
): Promise<Evidence<EngineInfo>> {
  if (running === false) return unknown('unsupported', 'the Docker Engine does not run', socket);
  if (running === null) {
    const because = host.origin.running
      ? 'whether the Docker Engine runs was not seen: run as root'
      : 'whether the Docker Engine runs is not seen in files';
    return unknown(host.origin.running ? 'denied' : 'unsupported', because, socket);
  }
  const info = await getJson(host, socket, '/info', Info);
  if (info.state === 'unknown') return info;
  const { ServerVersion, SecurityOptions, DefaultRuntime, Runtimes, DockerRootDir } = info.value;
  const { Swarm, CgroupVersion, Plugins, RuncCommit } = info.value;
  return known(
    {
      version: ServerVersion,
      security: SecurityOptions ?? [],
      defaultRuntime: DefaultRuntime,
      runtimes: Object.keys(Runtimes ?? {}).toSorted(),
      dataRoot: DockerRootDir,
      settings: settingsOf(info.value),
      swarm: Swarm == null ? null : !['', 'inactive'].includes(Swarm.LocalNodeState),
      cgroupVersion: CgroupVersion ?? null,
      authorizationPlugins: Plugins?.Authorization ?? [],
      runc: RuncCommit == null || RuncCommit.ID === '' ? null : RuncCommit.ID,
    },
    info.source,
  );
}

const docker = { name: 'the Docker Engine', help: 'see systemctl status docker' };

function settingsOf(info: Info): Readonly<Record<string, unknown>> {
  const { LoggingDriver, LiveRestoreEnabled, ExperimentalBuild, RegistryConfig, SecurityOptions } = info;
  const { InsecureRegistryCIDRs, IndexConfigs } = RegistryConfig ?? {};
  const insecure = Object.entries(IndexConfigs ?? {}).flatMap(([name, { Secure }]) => (Secure ? [] : [name]));
  const told: Readonly<Record<string, unknown>> = {
    'log-driver': LoggingDriver,
    'live-restore': LiveRestoreEnabled,
    experimental: ExperimentalBuild,
    'insecure-registries':
      RegistryConfig == null ? null : [...(InsecureRegistryCIDRs ?? []), ...insecure.toSorted()],
    // Whom it maps to is not among its answers.
    'userns-remap':
      SecurityOptions == null
        ? null
        : SecurityOptions.some((each) => /^name=userns(?:,|$)/.test(each))
          ? 'on'
          : '',
  };
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value != null));
}

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
