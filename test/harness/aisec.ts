import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

export interface Ran {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const program = resolve('dist/aisec.js');

/** Runs the built program as a user would, in `cwd`, with nothing of this environment but PATH. */
export function aisec(args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd,
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '', ...env },
  });
  return { exit: status, stdout, stderr };
}
