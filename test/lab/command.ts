import { spawn } from 'node:child_process';

export interface CommandOutput {
  /** 124 when it was killed for taking too long. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface CommandOptions {
  readonly input?: string;
  readonly seconds?: number;
}

/** Runs a program to its end and never rejects for what it answers, only when it cannot be started. */
export function command(argv: readonly string[], options: CommandOptions = {}): Promise<CommandOutput> {
  const [program = '', ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let late = false;
    const timer = setTimeout(
      () => {
        late = true;
        child.kill('SIGKILL');
        // A grandchild that holds the pipes open must not hold the lab up.
        child.stdout.destroy();
        child.stderr.destroy();
      },
      (options.seconds ?? 120) * 1000,
    );
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    // It may end without reading what it is given.
    child.stdin.on('error', () => undefined);
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({
        exitCode: late ? 124 : (code ?? 137),
        stdout: Buffer.concat(stdout).toString('utf8'),
        stderr: Buffer.concat(stderr).toString('utf8'),
      });
    });
    child.stdin.end(options.input ?? '');
  });
}

/** The same, where anything but success is an error of the lab itself. */
export async function must(argv: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { exitCode, stdout, stderr } = await command(argv, options);
  if (exitCode === 0) return stdout;
  throw new Error(
    `${argv.join(' ')} failed (${String(exitCode)}):\n${stdout.slice(-2000)}\n${stderr.slice(-4000)}`,
  );
}
