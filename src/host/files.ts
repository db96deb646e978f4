import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open, readdir, readlink, stat } from 'node:fs/promises';
import type { Evidence } from './evidence.ts';
import { known, unknown } from './evidence.ts';
import type { FileStat, FileType } from './host.ts';
import { limits } from './limits.ts';
import { maskSecrets } from './mask.ts';

/**
 * Reads of the real file system. `path` is where to read, `name` what to call it in evidence: the
 * two differ for a directory that holds another machine's root.
 */

export async function readText(path: string, name: string): Promise<Evidence<string | null>> {
  let file: FileHandle;
  try {
    // Non-blocking: opening a FIFO without a writer, or a device, must not hang the audit.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch (error) {
    return failed(error, name);
  }
  try {
    const stats = await file.stat();
    if (!stats.isFile()) return unknown('unsupported', `${name} is not a regular file`, name);
    const bytes = await readBounded(file);
    if (bytes === null) {
      return unknown('too-large', `${name} is larger than ${String(limits.fileBytes)} bytes`, name);
    }
    return known(maskSecrets(bytes.toString('utf8')), name);
  } catch (error) {
    return failed(error, name);
  } finally {
    await file.close().catch(() => undefined);
  }
}

/** Reads to the end, since files in /proc say size 0; `null` when the limit is passed. */
async function readBounded(file: FileHandle): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let total = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(64 * 1024);
    const { bytesRead } = await file.read(chunk, 0, chunk.length, null);
    if (bytesRead === 0) return Buffer.concat(chunks, total);
    total += bytesRead;
    if (total > limits.fileBytes) return null;
    chunks.push(chunk.subarray(0, bytesRead));
  }
}

export async function listNames(path: string, name: string): Promise<Evidence<readonly string[] | null>> {
  try {
    return known((await readdir(path)).toSorted(), name);
  } catch (error) {
    return failed(error, name);
  }
}

export async function statOf(path: string, name: string): Promise<Evidence<FileStat | null>> {
  try {
    const stats = await stat(path);
    const { uid, gid, size, mtimeMs } = stats;
    const mtime = Math.floor(mtimeMs / 1000);
    return known({ type: typeOf(stats), mode: stats.mode & 0o7777, uid, gid, size, mtime }, name);
  } catch (error) {
    return failed(error, name);
  }
}

export async function linkTarget(path: string, name: string): Promise<Evidence<string | null>> {
  try {
    return known(await readlink(path), name);
  } catch (error) {
    return codeOf(error) === 'EINVAL' ? known(null, name) : failed(error, name);
  }
}

function typeOf(stats: Awaited<ReturnType<typeof stat>>): FileType {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  if (stats.isSocket()) return 'socket';
  if (stats.isFIFO()) return 'fifo';
  if (stats.isBlockDevice()) return 'block';
  if (stats.isCharacterDevice()) return 'char';
  return stats.isSymbolicLink() ? 'symlink' : 'other';
}

export function failed(error: unknown, name: string): Evidence<null> {
  switch (codeOf(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ESRCH': // the process went away between listing /proc and reading it
      return known(null, name);
    case 'EACCES':
    case 'EPERM':
      return unknown('denied', `${name} may not be read`, name);
    case 'ELOOP':
      return unknown('unsupported', `${name} is a loop of symbolic links`, name);
    default:
      return unknown('unsupported', `${name} could not be read: ${codeOf(error) ?? String(error)}`, name);
  }
}

function codeOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;
}
