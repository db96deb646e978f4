import type { Citation } from '../../engine/check.ts';
import type { PortRange } from './ports.ts';

/** A value in force and what decided it: a line of a file, or the running server's answer. */
export interface JailSetting<T> {
  readonly value: T;
  readonly citation: Citation;
}

/** Where a jail's bans take hold. */
export interface Ban {
  /** Name of the action: `iptables-multiport`. */
  readonly action: string;
  /**
   * - `input`: a filter that only sees what is for the host itself
   * - `forward`: one that sees what goes to containers, after the port was translated
   * - `everywhere`: the route or a proxy outside: no packet gets past it
   * - `report`: tells somebody and bans nothing
   * - `unknown`: an action that aisec does not know
   */
  readonly where: 'input' | 'forward' | 'everywhere' | 'report' | 'unknown';
  /** Ports that the ban closes; `null` when a port's name, or what the action closes, is not known. */
  readonly ports: readonly PortRange[] | null;
}

/** A jail as fail2ban runs it, or would. */
export interface Jail {
  readonly name: string;
  readonly enabled: boolean;
  /** `null` when the server could not be asked. */
  readonly running: boolean | null;
  /** Why fail2ban skips an enabled jail, as a clause; `null` when it does not. */
  readonly problem: string | null;
  /** Name of the filter, without its options. */
  readonly filter: string;
  readonly backend: string;
  readonly enabledBy: Citation;
  /** `null` is a value that fail2ban does not understand. */
  readonly maxRetry: JailSetting<number | null>;
  /** Seconds. */
  readonly findTime: JailSetting<number | null>;
  /** Seconds; negative is for ever. */
  readonly banTime: JailSetting<number | null>;
  /** Whether bans grow with each repetition (`bantime.increment`). */
  readonly increment: boolean;
  /** Addresses, networks and host names that are never banned. */
  readonly ignored: JailSetting<readonly string[]>;
  readonly logPaths: readonly string[];
  /** What `port` says that it protects; `null` when a port's name is not known. */
  readonly ports: readonly PortRange[] | null;
  readonly bans: readonly Ban[];
}

/** Whether a jail bans: it runs, or would when the server could not be asked. */
export function inForce(jail: Jail): boolean {
  return jail.running ?? (jail.enabled && jail.problem === null);
}
