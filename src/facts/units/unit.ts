import type { Citation } from '../../engine/check.ts';
import type { Workload } from '../workloads/workload.ts';

/** One effective setting of a unit and the line that decided it. */
export interface UnitSetting {
  readonly value: string;
  readonly source: string;
  /** `null` where the program's own answer (systemctl show) or a default gave the value. */
  readonly line: number | null;
}

/** A service unit as systemd will run it: fragment and drop-ins merged, specifiers resolved. */
export interface Unit {
  /** `ollama.service`, `vllm@llama.service`. */
  readonly name: string;
  /** Other names that lead to it. */
  readonly aliases: readonly string[];
  /** Catalogue service that it runs; see AiService. `null`: none, but it starts a container. */
  readonly service: string | null;
  readonly active: boolean | null;
  readonly enabled: boolean | null;
  /** Files in the order in which they were read: the fragment, then drop-ins. */
  readonly files: readonly string[];
  /**
   * Effective scalar settings by the name of systemd's property, which is mostly the directive's own:
   * `User`, `ProtectSystem`, `MemoryMax`; CPUQuota= is `CPUQuotaPerSecUSec`. Booleans are `yes` and
   * `no`, sizes bytes, times microseconds. Shares (`50%`) are left where systemd did not answer.
   */
  readonly settings: Settings;
  /** Limits of the slices that it sits in, nearest first: what bounds them bounds the unit. */
  readonly slices: readonly SliceLimits[];
  /** Environment after every Environment= line and every readable EnvironmentFile=. */
  readonly environment: Readonly<Record<string, UnitSetting>>;
  /** EnvironmentFile= paths that were read. */
  readonly environmentFiles: readonly string[];
  /** Commands of ExecStart=, split as systemd splits them, variables replaced. */
  readonly execStart: readonly ExecCommand[];
  /** The containers that ExecStart= starts, as the arguments of `docker run` describe them. */
  readonly startsContainers: readonly Workload[];
  /** Unread EnvironmentFile= paths, and unit files: the environment is not whole. */
  readonly unread: readonly string[];
  /** Why EnvironmentFile= paths were not read, where it was for another reason than that they are closed. */
  readonly unreadable: readonly string[];
  /** Why `settings` may lack something, as a sentence; `null` when they are whole. */
  readonly unseen: string | null;
}

export type Settings = Readonly<Record<string, UnitSetting>>;

export interface SliceLimits {
  readonly name: string;
  readonly settings: Settings;
}

export interface ExecCommand {
  /** Prefix characters: `-`, `+`, `!`, `@`, `:`. */
  readonly prefixes: string;
  /** The program; with `@` the first argument is not its name. */
  readonly path: string;
  readonly argv: readonly string[];
  readonly citation: Citation;
}
