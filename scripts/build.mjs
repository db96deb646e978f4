import { chmod, rename, rm } from 'node:fs/promises';
import { build } from 'esbuild';
import { yamlPlugin } from './yaml-plugin.mjs';

/** Bundles the program into dist/, split so that each command loads only what it needs. */
const fresh = 'dist.new';
await rm(fresh, { recursive: true, force: true });
await build({
  entryPoints: { aisec: 'bin/aisec.ts' },
  outdir: fresh,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  minify: true,
  keepNames: false,
  sourcemap: 'linked',
  legalComments: 'external',
  plugins: [yamlPlugin],
  banner: {
    // Bundled CommonJS libraries ask for Node's own modules with require().
    js: `import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);`,
  },
});
await chmod(`${fresh}/aisec.js`, 0o755);
// A build that fails leaves the last one in place.
await rm('dist', { recursive: true, force: true });
await rename(fresh, 'dist');
