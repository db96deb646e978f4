import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readGitIndex } from '../../src/facts/git-index.ts';
import { directoryHost } from '../../src/host/directory.ts';
import { memoryHost } from '../harness/memory-host.ts';
import { temporaryDirectory } from '../harness/temporary-directory.ts';

const root = temporaryDirectory();
const host = directoryHost('project', root, new Date());
const git = (...args: string[]) => execFileSync('git', ['-C', root, ...args], { encoding: 'utf8' });

describe('.git/index', () => {
  test('says what git says', async () => {
    git('init', '--quiet');
    const long = `${'d'.repeat(100)}/${'e'.repeat(60)}/.env`;
    const paths = ['.env', 'a/.env', 'b/prod.env', 'b/other.txt', '.env.local', long, 'ü/.env'];
    for (const path of paths) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), `${path}\n`);
    }
    git('add', '--force', 'a/.env', 'b', long, 'ü/.env');
    git('add', '--intent-to-add', '--force', '.env.local');
    const listed = new Set(git('ls-files', '-z').split('\0'));
    const index = await readGitIndex(host);
    if (index.state === 'unknown') throw new Error(index.detail);
    const found = ['.env', 'a/.env', 'b/prod.env', 'b/other.txt', '.env.local', long, 'other.txt', 'env'];
    expect(found.map((path) => [path, index.value(`/${path}`)])).toEqual(
      found.map((path) => [path, listed.has(path)]),
    );
  });

  test('of version 4 is not read', async () => {
    git('update-index', '--index-version', '4');
    expect(await readGitIndex(host)).toMatchObject({ state: 'unknown', why: 'unsupported' });
  });

  test.each([
    ['no index', {}, 'unsupported'],
    ['no index of git', { '/.git/index': 'something' }, 'unparsable'],
  ])('%s', async (_, files, why) => {
    expect(await readGitIndex(await memoryHost({ files }))).toMatchObject({ state: 'unknown', why });
  });

  test('takes any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.string(), async (rest, path) => {
        const index = await readGitIndex(
          await memoryHost({ files: { '/.git/index': `DIRC\0\0\0\u0002${rest}` } }),
        );
        expect(index.state === 'known' ? typeof index.value(path) : 'boolean').toBe('boolean');
      }),
      { numRuns: 50 },
    );
  });
});
