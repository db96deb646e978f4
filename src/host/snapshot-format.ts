import * as z from 'zod';

/**
 * A recorded host, as a directory or a .tar.gz:
 *
 * - `host.yaml`: what it is and how it was made ({@link SnapshotHeader})
 * - `recording.json`: every question that was asked of the file system ({@link Recording})
 * - `files/…`: text of the files, at their paths on the host
 * - `commands/NAME.json` and `commands/NAME.out`: a command or a GET, and what it printed
 */

export const SnapshotHeader = z.strictObject({
  schema: z.literal('aisec/snapshot/v1'),
  name: z.string(),
  collectedAt: z.iso.datetime(),
  privileged: z.boolean(),
  /** Whether a running machine was recorded, and not files alone. */
  running: z.boolean().default(true),
  /** In words: which machine, made how. */
  how: z.string(),
  /**
   * What a question that was not recorded means. `absent` only for hosts that were written by hand
   * and list everything they have: a collected one never knows what it did not ask.
   */
  unrecorded: z.enum(['unknown', 'absent']).default('unknown'),
});
export type SnapshotHeader = z.infer<typeof SnapshotHeader>;

const Failure = z.strictObject({
  unknown: z.enum(['denied', 'tool-missing', 'timeout', 'too-large', 'unparsable', 'unsupported', 'bug']),
  detail: z.string(),
});
export type Failure = z.infer<typeof Failure>;

const FileStat = z.strictObject({
  type: z.enum(['file', 'directory', 'symlink', 'socket', 'fifo', 'block', 'char', 'other']),
  mode: z.int(),
  uid: z.int(),
  gid: z.int(),
  size: z.int(),
  mtime: z.int(),
});

const PathRecord = z.strictObject({
  /** `text`: it is under `files/`; `null`: there was no such file. */
  read: z.union([z.literal('text'), z.null(), Failure]).optional(),
  list: z.union([z.array(z.string()), z.null(), Failure]).optional(),
  stat: z.union([FileStat, z.null(), Failure]).optional(),
  readlink: z.union([z.string(), z.null(), Failure]).optional(),
});
export type PathRecord = z.infer<typeof PathRecord>;

export const Recording = z.record(z.string(), PathRecord);
export type Recording = z.infer<typeof Recording>;

/** `commands/NAME.json`; standard output, or the body, stands in `commands/NAME.out`. */
export const Call = z.union([
  z.strictObject({ argv: z.array(z.string()).min(1), exitCode: z.int(), stderr: z.string().default('') }),
  z.strictObject({ argv: z.array(z.string()).min(1), ...Failure.shape }),
  z.strictObject({ socket: z.string(), path: z.string(), status: z.int().nullable() }),
  z.strictObject({ socket: z.string(), path: z.string(), ...Failure.shape }),
]);
export type Call = z.infer<typeof Call>;

/** A snapshot that cannot be replayed; the message names the file. */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError';
}
