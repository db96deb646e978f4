import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rules } from '../../rules/registry.ts';
import { checks } from '../../src/checks/registry.ts';
import type { Verdict } from '../../src/engine/check.ts';
import { factReader } from '../../src/engine/fact.ts';
import type { Workload } from '../../src/facts/workloads/workload.ts';
import { workloadsFact } from '../../src/facts/workloads/workloads.ts';
import { unknown } from '../../src/host/evidence.ts';
import { directoryHost } from '../../src/host/directory.ts';
import { evaluate } from './evaluate.ts';

/** The containers that a repository with these files describes, and what was not read of it. */
export async function workloadsIn(
  directory: string,
  files: Readonly<Record<string, string>>,
): Promise<{ readonly workloads: readonly Workload[]; readonly gaps: readonly string[] }> {
  const root = mkdtempSync(join(directory, 'repository-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const found = await factReader(directoryHost('project', root, new Date(0)))(workloadsFact);
  if (found.state === 'unknown') throw new Error(found.detail);
  return { workloads: found.value, gaps: found.gaps ?? [] };
}

/** What a rule says of containers, where nothing else is known. */
export function judged(id: string, workloads: readonly Workload[]): readonly Verdict[] {
  const rule = rules.find((each) => each.id === id);
  const check = checks.get(rule?.check ?? '');
  if (rule === undefined || check === undefined) throw new Error(`no rule ${id}`);
  const hidden = unknown('unsupported', 'files alone do not show it', '/');
  return evaluate(check, { workloads, engines: [], processes: hidden, gpu: hidden }, rule.with);
}
