import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Report } from '../../src/engine/report.ts';
import type { Box } from './box.ts';
import { outcomesOf } from './expected.ts';
import { checkout } from './paths.ts';

/** Whether this run renews fixtures/hosts. */
export const recording = process.env.AISEC_RECORD === '1';

const hosts = join(checkout, 'fixtures/hosts');

/** Keeps a snapshot that was collected in a box, and what an audit of it says, as a fixture. */
export async function keepRecording(box: Box, inside: string, report: Report): Promise<void> {
  const directory = join(hosts, box.name);
  await rm(directory, { recursive: true, force: true });
  await mkdir(hosts, { recursive: true });
  await cp(box.path(inside), directory, { recursive: true });
  const found = [...outcomesOf(report)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const of = (wanted: string) => found.filter(([, outcome]) => outcome === wanted).map(([rule]) => rule);
  const expected = {
    fail: of('fail'),
    pass: of('pass'),
    undetermined: of('undetermined'),
    error: of('error'),
  };
  await writeFile(join(directory, 'expected.yaml'), stringify(expected));
}
