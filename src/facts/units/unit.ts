import type { Citation } from '../../engine/check.ts';

/** One effective setting of a unit and the line that decided it. */
export interface UnitSetting {
  readonly value: string;
  readonly source: string;
  /** `null` where the program's own answer (systemctl show) gave the value. */
  readonly line: number | null;
}

/** A service unit as systemd will run it: fragment and drop-ins merged, specifiers resolved. */
export interface Unit {
  /** `ollama.service`, `vllm@llama.service`. */
  readonly name: string;
  /** Catalogue service that it runs; see AiService. */
  readonly service: string | null;
  readonly active: boolean | null;
  readonly enabled: boolean | null;
  /** Files in the order in which they were read: the fragment, then drop-ins. */
  readonly files: readonly string[];
  /** Effective scalar settings of [Service] by directive name: `User`, `ProtectSystem`, `MemoryMax`. */
  readonly settings: Readonly<Record<string, UnitSetting>>;
  /** Environment after every Environment= line and every readable EnvironmentFile=. */
  readonly environment: Readonly<Record<string, UnitSetting>>;
  /** Commands of ExecStart=, split as systemd splits them. */
  readonly execStart: readonly ExecCommand[];
  /** Unread EnvironmentFile= paths: the environment is not whole. */
  readonly unread: readonly string[];
}

export interface ExecCommand {
  /** Prefix characters: `-`, `+`, `!`, `@`, `:`. */
  readonly prefixes: string;
  readonly argv: readonly string[];
  readonly citation: Citation;
}
