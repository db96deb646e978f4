import type { Evidence } from '../../host/evidence.ts';
import type { SshdOptions } from './effective.ts';
import type { Connection } from './match.ts';
import type { Condition, ConfigTree } from './tree.ts';

/** The source of an option that the daemon's own command line sets. */
export const commandLineSource = 'command line';

/** The options of one kind of connection: every one, or those that a Match block applies to. */
export interface SshdScope {
  /** `null`: every connection that no Match block (but `Match all`) applies to. */
  readonly block: readonly Condition[] | null;
  /** The connection that was asked for; `null`: none, or the block is only assumed to apply. */
  readonly connection: Connection | null;
  /** Whether root may be the one who connects so. */
  readonly root: boolean;
  readonly options: SshdOptions;
}

/** When a running server read its configuration, and what has changed since. */
export interface SshdDrift {
  /** Seconds since 1970. */
  readonly loadedAt: number;
  /** Files and Include directories with a later time of change. */
  readonly changed: readonly { readonly path: string; readonly mtime: number }[];
  /** Whether a reload since the start would have been seen; else the change may have been read. */
  readonly reloadSeen: boolean;
}

export interface HostKey {
  /** Of the private key. */
  readonly path: string;
  /** `ssh-rsa`, `ssh-ed25519`, …; `null` when the public half could not be read. */
  readonly type: string | null;
  readonly bits: number | null;
}

/** One sshd, or one configuration of a project. */
export interface SshdServer {
  /** `sshd`, `sshd -f /etc/ssh/other`, or the file's path in a project. */
  readonly name: string;
  /**
   * - `running`: it listens; `socket`: systemd starts it at the first connection
   * - `installed`: the package's server, whether it runs or not could not be seen or it does not
   * - `file`: a configuration in a project; `fragment`: a drop-in that no main file includes
   */
  readonly kind: 'running' | 'socket' | 'installed' | 'file' | 'fragment';
  readonly pid: number | null;
  /**
   * What it runs: the installed program, one that an update has `replaced` since, or an `other` one, of
   * which neither version nor defaults are known. Where that was not seen, the installed one is assumed.
   */
  readonly program: 'installed' | 'replaced' | 'other';
  /** The service to reload: `ssh.service`; `null` when none holds it. */
  readonly unit: string | null;
  readonly tree: ConfigTree;
  /** `9.2`; `null` when it is not known. */
  readonly version: string | null;
  /** Where options came from: the program's own answer, or the files read in its place. */
  readonly answeredBy: 'program' | 'files';
  /** The global one first. */
  readonly scopes: readonly SshdScope[];
  /** Why there may be more than these scopes and values show; `null` when nothing was left out. */
  readonly incomplete: string | null;
  /** What `sshd -t` says: an empty text when it accepts the configuration. */
  readonly test: Evidence<string>;
  readonly drift: Evidence<SshdDrift>;
  readonly hostKeys: readonly HostKey[];
}

export interface Sshd {
  /** No servers: none is installed, none runs, or it is installed and disabled; see `because`. */
  readonly servers: readonly SshdServer[];
  /** Why there are none, as a clause. */
  readonly because: string;
}
