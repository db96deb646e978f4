import type { Evidence } from './evidence.ts';

export type HostKind = 'live' | 'rootfs' | 'snapshot' | 'project';

export type FileType = 'file' | 'directory' | 'symlink' | 'socket' | 'fifo' | 'block' | 'char' | 'other';

export interface FileStat {
  readonly type: FileType;
  /** Permission bits only, set-id and sticky included: 0 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** Whole seconds since 1970. */
  readonly mtime: number;
}

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface HttpResponse {
  readonly status: number;
  readonly body: string;
}

/** What is said of the audited machine as a whole, before any fact. */
export interface HostOrigin {
  readonly kind: HostKind;
  /** The directory, file or `localhost` that was asked for. */
  readonly name: string;
  /** When the evidence was read, ISO 8601; for a snapshot, when it was collected. */
  readonly collectedAt: string;
  /** Whether it was read with root's rights. */
  readonly privileged: boolean;
  /** Whether there is a running machine to ask (or to replay), and not files alone. */
  readonly running: boolean;
}

/**
 * The only door to an audited machine. Every answer is evidence; no method throws.
 *
 * Text passes {@link maskSecrets} before anybody sees it, so a live audit and the replay of its
 * snapshot read the same bytes, and no reporter can print a secret.
 */
export interface Host {
  readonly origin: HostOrigin;
  /** Text of a regular file, symbolic links followed; `null` when there is none. At most 4 MiB. */
  read(path: string): Promise<Evidence<string | null>>;
  /** Names in a directory, sorted; `null` when there is none. */
  list(path: string): Promise<Evidence<readonly string[] | null>>;
  /** What a path leads to, symbolic links followed, as stat(2); `null` when there is nothing. */
  stat(path: string): Promise<Evidence<FileStat | null>>;
  /** The literal target of a symbolic link; `null` when the path is absent or no link. */
  readlink(path: string): Promise<Evidence<string | null>>;
  /** Runs a program by its bare name from the trusted directories; any exit code is knowledge. */
  run(argv: readonly [string, ...string[]]): Promise<Evidence<CommandResult>>;
  /** HTTP GET over a unix socket; `null` when there is no such socket. */
  get(socket: string, path: string): Promise<Evidence<HttpResponse | null>>;
}
