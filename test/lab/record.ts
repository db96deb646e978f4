import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Box } from './box.ts';
import { checkout } from './paths.ts';

/** Whether this run renews fixtures/hosts: AISEC_RECORD=1 npm run test:lab, then npm run expect. */
export const recording = process.env.AISEC_RECORD === '1';

/** Keeps a snapshot that was collected in a box as the fixture of its name. */
export async function keepRecording(box: Box, inside: string): Promise<void> {
  const hosts = join(checkout, 'fixtures/hosts');
  const directory = join(hosts, box.name);
  await rm(directory, { recursive: true, force: true });
  await mkdir(hosts, { recursive: true });
  await cp(box.path(inside), directory, { recursive: true });
  process.stderr.write(`lab: recorded ${directory}; npm run expect -- ${box.name} renews what is expected\n`);
}
