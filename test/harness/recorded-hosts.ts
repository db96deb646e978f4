import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** Subjects by outcome and rule: what an audit of a recorded host must find, and all it may find. */
export type Expected = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

export interface RecordedHost {
  readonly name: string;
  /** A machine as `aisec collect` records it, or a repository for `aisec audit --path`. */
  readonly kind: 'snapshot' | 'project';
  /** Of a snapshot a directory or a .tar.gz; of a repository its root. */
  readonly path: string;
  /** Where its expected.yaml lies. */
  readonly directory: string;
}

const homes = { snapshot: 'fixtures/hosts', project: 'fixtures/projects' } as const;

/** Every machine in fixtures/hosts and every repository in fixtures/projects. */
export function allRecorded(): RecordedHost[] {
  return (['snapshot', 'project'] as const).flatMap((kind) =>
    readdirSync(homes[kind]).map((name) => {
      const directory = join(homes[kind], name);
      const archive = join(directory, 'snapshot.tar.gz');
      const path = kind === 'project' ? join(directory, 'files') : existsSync(archive) ? archive : directory;
      return { name, kind, path, directory };
    }),
  );
}

/** Those that say what is expected of them. */
export function recordedHosts(): (RecordedHost & { readonly expected: Expected })[] {
  return allRecorded().flatMap((each) => {
    const file = join(each.directory, 'expected.yaml');
    return existsSync(file) ? [{ ...each, expected: parse(readFileSync(file, 'utf8')) as Expected }] : [];
  });
}
