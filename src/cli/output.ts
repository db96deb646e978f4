import { writeFile } from 'node:fs/promises';
import { UsageError } from './usage-error.ts';

/** Writes a result, whole or piece by piece, to a file or to standard output; a reader that went away is no error. */
export async function writeResult(result: string | Iterable<string>, file: string | null): Promise<void> {
  const pieces = typeof result === 'string' ? [result] : result;
  if (file === null) {
    // The callback of each write tells; without a listener the event would end the program.
    process.stdout.on('error', () => undefined);
    for (const piece of pieces) if (!(await printed(piece))) return;
    return;
  }
  try {
    await writeFile(file, pieces);
  } catch (error) {
    throw new UsageError(
      `${file} could not be written: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** @returns `false` where nobody reads any more */
function printed(text: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (error == null) resolve(true);
      else if ('code' in error && error.code === 'EPIPE') resolve(false);
      else reject(error);
    });
  });
}
