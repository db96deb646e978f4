import { writeFile } from 'node:fs/promises';
import { UsageError } from './usage-error.ts';

/** Writes a result to a file, or to standard output; a reader that went away is no error. */
export async function writeResult(text: string, file: string | null): Promise<void> {
  if (file === null) {
    await new Promise<void>((resolve, reject) => {
      process.stdout.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'EPIPE') resolve();
        else reject(error);
      });
      process.stdout.write(text, () => {
        resolve();
      });
    });
    return;
  }
  try {
    await writeFile(file, text);
  } catch (error) {
    throw new UsageError(
      `${file} could not be written: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
