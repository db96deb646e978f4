import { mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { yamlPlugin } from './yaml-plugin.mjs';

/** Runs a TypeScript script on any supported Node: node scripts/run.mjs scripts/NAME.ts [arguments] */
const [entry, ...args] = process.argv.slice(2);
const root = resolve(import.meta.dirname, '..');
const directory = await mkdtemp(join(root, '.cache-run-'));
const file = join(directory, 'script.mjs');
try {
  await build({
    entryPoints: [entry],
    outfile: file,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    plugins: [yamlPlugin],
  });
  process.argv = [process.argv[0], entry, ...args];
  await import(pathToFileURL(file).href);
} finally {
  await rm(directory, { recursive: true, force: true });
}
