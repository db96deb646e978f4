import { describe, expect, test } from '@jest/globals';
import { envFile } from '../../../src/checks/containers/env-file.ts';
import { known, unknown } from '../../../src/host/evidence.ts';
import { evaluate } from '../../harness/evaluate.ts';

const path = '/srv/chat/.env';
const unseen = unknown('denied', 'it may not be read', path);
const secrets = (...names: string[]) =>
  known(
    names.map((name, index) => ({ name, line: index + 1 })),
    path,
  );
const stat = (mode: number) => known({ type: 'file', mode, uid: 0, gid: 0, size: 1, mtime: 0 }, path);
const machine = (mode: number, directory = 0o755) => ({
  kind: 'machine',
  stat: stat(mode),
  directories: [{ path: '/srv', stat: stat(directory) }],
});
const project = (tracked: boolean) => ({ kind: 'project', tracked: known(tracked, '/.git/index') });

describe('env-file', () => {
  test.each([
    ['fail', secrets('API_KEY', 'DB_PASSWORD'), machine(0o644)],
    ['pass', secrets('API_KEY'), machine(0o640)],
    ['pass', secrets('API_KEY'), machine(0o644, 0o750)],
    ['pass', secrets(), machine(0o644)],
    ['undetermined', unseen, machine(0o644)],
    ['undetermined', secrets('API_KEY'), { ...machine(0o644), stat: unseen }],
    [
      'undetermined',
      secrets('API_KEY'),
      { ...machine(0o644), directories: [{ path: '/srv', stat: unseen }] },
    ],
    ['fail', secrets('API_KEY'), project(true)],
    ['pass', secrets('API_KEY'), project(false)],
    ['pass', secrets(), project(true)],
    ['undetermined', secrets('API_KEY'), { kind: 'project', tracked: unseen }],
  ])('%s', (outcome, held, place) => {
    expect(evaluate(envFile, { files: [{ path, secrets: held, place }] })).toMatchObject([
      { outcome, subject: path },
    ]);
  });

  test('not-applicable without such files', () => {
    expect(evaluate(envFile, { files: [] })).toMatchObject([{ outcome: 'not-applicable' }]);
  });
});
