import { factReader } from '../../src/engine/fact.ts';
import { composeFact } from '../../src/facts/compose/compose.ts';
import type { Workload } from '../../src/facts/workloads/workload.ts';
import { directoryHost } from '../../src/host/directory.ts';
import type { Evidence } from '../../src/host/evidence.ts';
import { gapsOf } from '../../src/host/evidence.ts';
import type { Host } from '../../src/host/host.ts';
import { memoryHost } from './memory-host.ts';

/** A repository made in memory, with these files by absolute path. */
export async function projectHost(
  files: Readonly<Record<string, string>>,
  recording: Readonly<Record<string, unknown>> = {},
): Promise<Host> {
  const host = await memoryHost({ files, recording });
  return { ...host, origin: { ...host.origin, kind: 'project', running: false } };
}

export async function composeIn(
  files: Readonly<Record<string, string>>,
): Promise<Evidence<readonly Workload[]>> {
  return factReader(await projectHost(files))(composeFact);
}

/** The same in a directory of the file system, where links lead somewhere. */
export function composeUnder(directory: string): Promise<Evidence<readonly Workload[]>> {
  return factReader(directoryHost('project', directory, new Date(0)))(composeFact);
}

/** The workload of the one service `web` of a compose.yml that has these lines in it, indented by four. */
export async function service(
  lines: string,
  more: { readonly top?: string; readonly files?: Readonly<Record<string, string>> } = {},
): Promise<Workload> {
  const body = lines.replace(/^/gm, '    ');
  const text = `services:\n  web:\n    image: nginx:1.27\n${body}\n${more.top ?? ''}\n`;
  const evidence = await composeIn({ '/compose.yml': text, ...more.files });
  const found = evidence.state === 'known' ? evidence.value.find(({ places }) => places.size > 0) : undefined;
  if (found === undefined) throw new Error(JSON.stringify(evidence));
  return found;
}

/** Text by absolute path. */
export type Files = Readonly<Record<string, string>>;

export async function workloadsIn(files: Files): Promise<Readonly<Record<string, Workload>>> {
  const evidence = await composeIn(files);
  if (evidence.state === 'unknown') throw new Error(evidence.detail);
  return Object.fromEntries(evidence.value.map((workload) => [workload.name, workload]));
}

export async function namesIn(files: Files): Promise<string[]> {
  return Object.keys(await workloadsIn(files));
}

export async function gapsIn(files: Files): Promise<readonly string[]> {
  return gapsOf(await composeIn(files));
}

/** A compose file with one service that has this line. */
export const web = (lines: string) => `services:\n  web:\n    image: x:1\n    ${lines}\n`;
