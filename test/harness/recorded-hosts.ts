import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** Subjects by outcome and rule: what an audit of a recorded host must find, and all it may find. */
export type Expected = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

export interface RecordedHost {
  readonly name: string;
  /** A directory or a .tar.gz, as `aisec collect` writes. */
  readonly path: string;
  readonly expected: Expected;
}

const directory = 'fixtures/hosts';

/** Every host in fixtures/hosts that says what is expected of it. */
export function recordedHosts(): RecordedHost[] {
  return readdirSync(directory)
    .filter((name) => existsSync(join(directory, name, 'expected.yaml')))
    .map((name) => {
      const path = join(directory, name);
      const expected = parse(readFileSync(join(path, 'expected.yaml'), 'utf8')) as Expected;
      const archive = join(path, 'snapshot.tar.gz');
      return { name, path: existsSync(archive) ? archive : path, expected };
    });
}
