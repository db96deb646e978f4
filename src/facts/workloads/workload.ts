import type { FileType } from '../../host/host.ts';
import type { Places, Setting } from './setting.ts';

/** Something that runs in a container, wherever it was described: one shape for every source. */
export interface Workload {
  /** What describes it: an engine's container, a compose service, a container of a Kubernetes pod. */
  readonly source: 'docker' | 'podman' | 'compose' | 'kubernetes';
  /** Unique on this host: the container's name without its slash, a service's, `pod/container`. */
  readonly name: string;
  /** Where it was read, for citations: `docker inspect ollama`, or a file. */
  readonly origin: string;
  /** Where a file says what it is; empty where none was read. */
  readonly places: Places;
  /** The service of the compose files that describe it, in the order in which they are merged. */
  readonly compose?: { readonly files: readonly string[]; readonly service: string };
  /** What Docker Compose made it from; absent where it did not. */
  readonly definition?: Definition;
  /**
   * Settings that a file leaves to a variable which nothing sets, or writes as its program refuses it: what is here
   * of them is what stands there without that, and neither it nor its absence proves anything. By {@link Setting},
   * or `environment NAME`, `labels NAME`; the clause says why, with file and line.
   */
  readonly unsettled: ReadonlyMap<string, string>;
  readonly id: string | null;
  /** What has it: the first socket of a Docker Engine, the storage of a Podman; `null` for one of another source. */
  readonly engine: string | null;
  /** Settings that its source does not hold: that they seem to be unset proves nothing. Of mounts, what volumes bind. */
  readonly unseen: readonly Setting[];
  /** Its own settings make its user 0 another user of the host. What maps all of an engine's is told by the engine. */
  readonly mapsRoot: boolean;
  /** `declared`: a file says that it shall run. What its image brings (user, health check, …) is not known. */
  readonly state: 'running' | 'created' | 'stopped' | 'declared';
  /** Process id of its first process on the host; `null` when it does not run. */
  readonly pid: number | null;
  /** What the kernel says of that process; `null` where it does not run, or was not seen. */
  readonly kernel: KernelTruth | null;
  /** Made with `--rm`: the engine deletes it as soon as it stops. */
  readonly autoRemove: boolean;
  /** Directory where the engine keeps its definition; `null` when it is not known, or not safe to edit. */
  readonly directory: string | null;
  readonly image: ImageReference;
  readonly privileged: boolean;
  /** Upper case, without CAP_; `ALL` is possible in both. */
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  /** Raw options, such as `seccomp=unconfined`, `no-new-privileges:false`; inline profiles shortened. */
  readonly securityOpt: readonly string[];
  readonly confinement: Confinement;
  /** As configured: `""`, `1000`, `0:0`, `node`. Empty is the image's default, root. */
  readonly user: string;
  /** What a pod is for, where it says so; absent for Linux. */
  readonly os?: 'windows';
  /** Kubernetes' runAsNonRoot: whatever its image says, it is not started as root. */
  readonly refusesRoot?: true;
  readonly groupAdd: readonly string[];
  readonly readonlyRootfs: boolean;
  readonly namespaces: Namespaces;
  readonly mounts: readonly Mount[];
  readonly devices: readonly Device[];
  /** Device cgroup rules beside `devices`, such as `c 13:* rwm` or `a *:* rwm`. */
  readonly deviceRules: readonly string[];
  readonly gpu: GpuRequest | null;
  /** `false` when /proc is unmasked. */
  readonly maskedProc: boolean;
  readonly limits: Limits;
  readonly publishes: readonly Publish[];
  readonly networks: readonly string[];
  /** Its own addresses on them, where a router can reach it; empty when it has none, or none is known. */
  readonly addresses: readonly string[];
  /** Ports that its image declares and nobody publishes. */
  readonly unpublished: readonly { readonly proto: 'tcp' | 'udp'; readonly port: number }[];
  /** Those of them that are not proved to be reached through published ports alone. */
  readonly openNetworks: readonly OpenNetwork[];
  readonly restart: 'no' | 'on-failure' | 'always' | 'unless-stopped';
  /** `null`: none; `disabled`: switched off (`NONE`). */
  readonly healthcheck: 'set' | 'disabled' | null;
  /** Values are masked where they are secrets. */
  readonly environment: Readonly<Record<string, string>>;
  /** Entrypoint and command, as they run. */
  readonly command: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** What a file gives to its build, whose image keeps it. Masked where they are secrets. */
  readonly buildArguments?: Readonly<Record<string, string>>;
  /** Text of files that its own file holds for it, by what they are called there. Masked where it is secret. */
  readonly configs?: Readonly<Record<string, string>>;
  /** OCI runtime: `runc`, `nvidia`; `null` is the engine's default. */
  readonly runtime: string | null;
}

/** How the kernel really holds a container's first process: what it was configured with may be another thing. */
export interface KernelTruth {
  readonly pid: number;
  /** Effective user id, in this machine's own numbers. */
  readonly uid: number;
  /** Capabilities that it holds now, and those that it could get; upper case, without CAP_. */
  readonly effective: readonly string[];
  readonly bounding: readonly string[];
  /** Whether it could get every capability that this machine's init could. `null`: not known, as below. */
  readonly hasEveryCapability: boolean | null;
  readonly noNewPrivileges: boolean | null;
  /** `filter`: it has one of its own, whatever that lets through; `off`: it has none. */
  readonly seccomp: 'filter' | 'off' | null;
  /** `off`: unconfined, or under a profile that only complains. `null` also on a kernel without AppArmor. */
  readonly appArmor: 'profile' | 'off' | null;
  /** Whether its namespace is that of this machine's init. */
  readonly shares: Readonly<Record<'network' | 'pid' | 'ipc' | 'user', boolean | null>>;
}

/** A service of compose files, as they are now. */
export interface Definition {
  readonly files: readonly string[];
  /** `null`: they could not be read, or do not have it any more. */
  readonly service: Workload | null;
  /** Why `service` is not known. */
  readonly because: string | null;
}

export interface ImageReference {
  /** As written: `ollama/ollama:latest`. */
  readonly reference: string;
  /** Without tag and digest, registry included when it was written: `ollama/ollama`. */
  readonly repository: string;
  /** `null` when none was written: that is `latest`. */
  readonly tag: string | null;
  readonly digest: string | null;
  /** Built where it runs: the reference is only what the result is called. */
  readonly built: boolean;
}

/** What the workload asks of the kernel's own guards. `default` leaves it to the engine. */
export interface Confinement {
  readonly noNewPrivileges: boolean | 'default';
  /** `off`: unconfined, or a profile that allows everything. */
  readonly seccomp: SeccompMode | 'default';
  readonly appArmor: 'off' | 'profile' | 'default';
}

/** `unreadable`: there is a profile, and what it allows is not known. */
export type SeccompMode = 'off' | 'profile' | 'unreadable';

/**
 * As the engine has them: `host`, `container:ID`, `bridge`, a network's name, …; `private` is its own,
 * `default` is what the engine does by default.
 */
export interface Namespaces {
  readonly network: string;
  readonly pid: string;
  readonly ipc: string;
  readonly uts: string;
  readonly user: string;
  readonly cgroup: string;
}
export type NamespaceKind = keyof Namespaces;

/** A network that may give a container an address which others reach without a published port. */
export interface OpenNetwork {
  readonly name: string;
  /** What it is: `macvlan`, `overlay`; `null` when the engine did not tell. */
  readonly kind: string | null;
}

export interface Mount {
  /** A volume that binds a directory or device of the host through its options counts as `bind`. */
  readonly type: 'bind' | 'volume' | 'tmpfs' | 'npipe' | 'other';
  /** On the host, absolute, as written; for a volume with a bind `device` option, that device. */
  readonly source: string;
  /** Where `source` leads when symbolic links are followed; `null` where one may not be read. */
  readonly real: string | null;
  /** Where else it may lead, where that depends on whose systemd starts it; `*` is any text in one component. */
  readonly otherwise?: readonly string[];
  readonly target: string;
  readonly writable: boolean;
  /** What is mounted below it on the host, where it is read-only itself; absent where that is not known. */
  readonly submounts?: 'writable' | 'read-only';
  readonly propagation: string;
}

export interface Device {
  readonly host: string;
  readonly container: string;
  readonly permissions: string;
  /** What the path on the host is; `null` when it is not there or may not be seen. */
  readonly type: FileType | null;
}

export interface GpuRequest {
  /** `all`, or how many; device ids count as many. */
  readonly count: number | 'all';
  readonly ids: readonly string[];
  /** What asks for them. */
  readonly by: 'device-request' | 'runtime' | 'environment' | 'device-node' | 'cdi';
}

/** `null`: no limit. */
export interface Limits {
  readonly memoryBytes: number | null;
  /** Processors, from a quota or from the number of processors it may use. */
  readonly cpus: number | null;
  readonly pids: number | null;
}

export interface Publish {
  readonly proto: 'tcp' | 'udp' | 'sctp';
  /** `0.0.0.0`, `::`, `127.0.0.1`; an empty one is every address and is expanded to both wildcards. */
  readonly hostAddress: string;
  /** 0: the engine chooses one when the container starts. */
  readonly hostPort: number;
  readonly containerPort: number;
  /** Whether the engine holds the port now, or only the configuration asks for it. */
  readonly active: boolean;
  /** By a Swarm's routing mesh: NAT leads into the mesh and not to the container's own address. */
  readonly ingress?: boolean;
}
