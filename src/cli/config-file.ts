import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Config } from '../engine/config.ts';
import { parseYamlAs } from '../engine/yaml-document.ts';
import { UsageError } from './usage-error.ts';

const ownName = 'aisec.yaml';

/**
 * The configuration, and the directory that its paths are relative to.
 *
 * @param file - as given; without one, aisec.yaml here, and without that, the defaults
 * @throws InputError naming file, line and key; UsageError when a named file cannot be read
 */
export async function loadConfig(file: string | undefined): Promise<{ config: Config; directory: string }> {
  const path = file ?? ownName;
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const absent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (file === undefined && absent) return { config: Config.parse({}), directory: '.' };
    throw new UsageError(
      `${path} could not be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  return { config: parseYamlAs(Config, text, path), directory: dirname(path) };
}
