import './zod-setup.ts';
import { checks } from '../checks/registry.ts';
import { factReader } from '../engine/fact.ts';
import { exposureFact } from '../facts/exposure/exposure.ts';
import { identityFact } from '../facts/identity.ts';
import { recordHost } from '../host/record.ts';
import { writeSnapshot } from '../host/snapshot-store.ts';
import { openHost } from './host-options.ts';
import { startProgress } from './progress.ts';
import { UsageError } from './usage-error.ts';
import { version } from './version.ts';

export interface CollectOptions {
  readonly output: string;
  readonly root?: string;
  readonly how?: string;
  readonly quiet?: boolean;
}

export async function runCollect(options: CollectOptions): Promise<number> {
  const now = new Date();
  const host = await openHost(options.root === undefined ? {} : { root: options.root }, now);
  const progress = startProgress(options.quiet === true, `reading ${host.origin.name}`);
  const recorder = recordHost(host);
  const read = factReader(recorder.host);
  const facts = [...checks.values()].flatMap(({ needs, optional }) => [
    ...Object.values(needs),
    ...Object.values(optional),
  ]);
  await Promise.all([identityFact, exposureFact, ...facts].map((fact) => read(fact))).finally(progress.stop);
  const files = recorder.files(options.how ?? `recorded by aisec ${version}`);
  try {
    await writeSnapshot(files, options.output, now);
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    if (exists) throw new UsageError(`${options.output} exists already: aisec overwrites nothing`);
    throw error;
  }
  if (options.quiet !== true) {
    process.stderr.write(
      `${options.output}: ${String(files.size)} files, secrets masked. Read it before you share it.\n`,
    );
  }
  return 0;
}
