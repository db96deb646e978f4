import { readFileSync } from 'node:fs';
import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { SnapshotFiles } from './record.ts';
import { SnapshotError } from './snapshot-format.ts';

/** The files of a snapshot, wherever they are kept. */
export interface SnapshotStore {
  /** Path of the directory or archive. */
  readonly name: string;
  readonly names: readonly string[];
  /** Text of a file; `null` when there is none. */
  text(name: string): Promise<string | null>;
}

/** What an archive may unpack to. */
const unpackedBytes = 512 * 1024 * 1024;

/** Opens a directory, a .tar or a .tar.gz. Rejects with SnapshotError when it is none of them. */
export async function openSnapshotStore(path: string): Promise<SnapshotStore> {
  if ((await stat(path)).isDirectory()) return openDirectory(path);
  try {
    return await openArchive(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SnapshotError(`${path} is neither a snapshot's directory nor its .tar.gz: ${reason}`);
  }
}

async function openDirectory(path: string): Promise<SnapshotStore> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length).replace(/^\/+/, ''));
  const present = new Set(names);
  return {
    name: path,
    names,
    // Small files by the thousand, and nothing else to do: by promise each takes four turns of the thread pool.
    text: async (name) => (present.has(name) ? readFileSync(join(path, name), 'utf8') : null),
  };
}

/** Read into memory and never unpacked to disk, so a hostile member name reaches nothing. */
async function openArchive(path: string): Promise<SnapshotStore> {
  const { default: tar } = await import('tar-stream');
  const packed = await readFile(path);
  const isGzip = packed[0] === 0x1f && packed[1] === 0x8b;
  const bytes = isGzip ? await promisify(gunzip)(packed, { maxOutputLength: unpackedBytes }) : packed;
  const texts = new Map<string, string>();
  const archive = tar.extract();
  archive.end(bytes);
  for await (const entry of archive) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    if (entry.header.type === 'file') {
      texts.set(entry.header.name.replace(/^\.?\//, ''), Buffer.concat(chunks).toString('utf8'));
    }
  }
  return {
    name: path,
    names: [...texts.keys()],
    text: (name) => Promise.resolve(texts.get(name) ?? null),
  };
}

/** Writes a snapshot: to an archive when the path ends in .tar.gz or .tgz, else to a new directory. */
export async function writeSnapshot(files: SnapshotFiles, path: string, collectedAt: Date): Promise<void> {
  if (/\.(?:tar\.gz|tgz)$/.test(path)) {
    await writeFile(path, await archiveOf(files, collectedAt), { mode: 0o600, flag: 'wx' });
    return;
  }
  await mkdir(path, { mode: 0o700 });
  for (const [name, text] of files) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), text);
  }
}

async function archiveOf(files: SnapshotFiles, mtime: Date): Promise<Buffer> {
  const { default: tar } = await import('tar-stream');
  const archive = tar.pack();
  for (const [name, text] of files) archive.entry({ name, mtime, mode: 0o644 }, text);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return promisify(gzip)(Buffer.concat(chunks));
}
