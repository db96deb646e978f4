import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { factReader } from '../../src/engine/fact.ts';
import type { ProjectFiles } from '../../src/facts/project-files.ts';
import { projectFilesFact } from '../../src/facts/project-files.ts';
import { directoryHost } from '../../src/host/directory.ts';

async function filesOf(make: (root: string) => Promise<void>): Promise<ProjectFiles | null> {
  const root = await mkdtemp(join(tmpdir(), 'aisec-'));
  try {
    await make(root);
    const evidence = await factReader(directoryHost('project', root, new Date(0)))(projectFilesFact);
    return evidence.state === 'known' ? evidence.value : null;
  } finally {
    await rm(root, { recursive: true });
  }
}

test('regular files, without links, .git and node_modules', async () => {
  const files = await filesOf(async (root) => {
    for (const directory of ['a/b', '.git', 'node_modules/x'])
      await mkdir(join(root, directory), { recursive: true });
    for (const name of ['c', 'a/b/d', '.git/HEAD', 'node_modules/x/e']) await writeFile(join(root, name), '');
    await symlink('..', join(root, 'a/loop'));
    await symlink('c', join(root, 'link'));
  });
  expect(files).toEqual({ paths: ['/a/b/d', '/c'], incomplete: null });
});

test('a bound that was reached is said', async () => {
  const files = await filesOf(async (root) => {
    await mkdir(join(root, 'a/'.repeat(13)), { recursive: true });
    await writeFile(join(root, 'a/'.repeat(13), 'deep'), '');
  });
  expect(files?.paths).toEqual([]);
  expect(files?.incomplete).toContain('12 levels');
});
