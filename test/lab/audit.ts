import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Report } from '../../src/engine/report.ts';
import type { Box } from './box.ts';
import { labSources } from './paths.ts';

export interface Audited {
  readonly report: Report;
  readonly exitCode: number;
  readonly stderr: string;
}

/** The program as it runs inside a box. */
export const aisec = '/opt/node /opt/aisec/dist/aisec.js';

interface AuditOptions {
  /** Further arguments. */
  readonly args?: string;
  /** Account that it runs as. */
  readonly as?: string;
}

/** Audits a box from inside. */
export async function audit(box: Box, { args = '', as = 'root' }: AuditOptions = {}): Promise<Audited> {
  const who = as === 'root' ? '' : `setpriv --reuid=${as} --regid=nogroup --clear-groups `;
  const { exitCode, stdout, stderr } = await box.run(`cd /; ${who}${aisec} audit --format json ${args}`, 180);
  if (stdout === '')
    throw new Error(`the audit of ${box.name} printed nothing (${String(exitCode)}): ${stderr}`);
  return { report: Report.parse(JSON.parse(stdout)), exitCode, stderr };
}

/** Prepares a box by its script in boxes/. */
export async function prepare(box: Box, script: string): Promise<void> {
  const texts = await Promise.all(
    ['common', script].map((name) => readFile(join(labSources, `boxes/${name}.sh`), 'utf8')),
  );
  await box.must(texts.join('\n'), 240);
}
