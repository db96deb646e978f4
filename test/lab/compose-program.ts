import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

/** Either the program's path, or why there is none here. */
export type Program = { readonly path: string } | { readonly missing: string };

const lab = process.env.AISEC_LAB_DIR ?? '/var/cache/aisec-lab';

/** Docker Compose v2, downloaded into the lab's cache. */
export function composeV2(): Program {
  const { status, stdout, stderr } = spawnSync('bash', [resolve('test/lab/fetch-compose.sh'), lab], {
    encoding: 'utf8',
    timeout: 120_000,
  });
  if (status === 0) return { path: stdout.trim() };
  return { missing: `Docker Compose v2 could not be downloaded: ${stderr.trim()}` };
}

/** Debian's docker-compose 1.29, the last in Python. */
export function composeV1(): Program {
  const path = '/usr/bin/docker-compose';
  const { stdout } = spawnSync(path, ['version', '--short'], { encoding: 'utf8', timeout: 60_000 });
  if (stdout.startsWith('1.')) return { path };
  return { missing: 'docker-compose 1.29 is not installed: apt-get install docker-compose' };
}
