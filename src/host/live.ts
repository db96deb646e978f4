import { request } from 'node:http';
import { hostname } from 'node:os';
import type { Evidence } from './evidence.ts';
import { known, unknown } from './evidence.ts';
import { failed, linkTarget, listNames, readText, statOf } from './files.ts';
import type { CommandResult, Host, HttpResponse } from './host.ts';
import type { Limits } from './limits.ts';
import { limits, trustedDirectories } from './limits.ts';
import { maskJson, maskSecrets } from './mask.ts';

/** The machine that aisec runs on. @param bounds - what one command or request may cost */
export function liveHost(now: Date, bounds: Limits = limits): Host {
  return {
    origin: {
      kind: 'live',
      name: hostname(),
      collectedAt: now.toISOString(),
      privileged: process.geteuid?.() === 0,
      running: true,
    },
    read: (path) => readText(path, path),
    list: (path) => listNames(path, path),
    stat: (path) => statOf(path, path),
    readlink: (path) => linkTarget(path, path),
    run: (argv) => runCommand(argv, bounds),
    get: (socket, path) => getOverSocket(socket, path, bounds),
  };
}

async function runCommand(
  argv: readonly [string, ...string[]],
  bounds: Limits,
): Promise<Evidence<CommandResult>> {
  const source = argv.join(' ');
  const [name, ...args] = argv;
  const program = await findProgram(name);
  if (program === null) return unknown('tool-missing', `${name} is not installed`, source);
  const { execa } = await import('execa');
  const result = await execa(program, args, {
    reject: false,
    timeout: bounds.commandMilliseconds,
    killSignal: 'SIGKILL',
    maxBuffer: bounds.commandBytes,
    stdin: 'ignore',
    extendEnv: false,
    env: { LC_ALL: 'C', PATH: trustedDirectories.join(':'), HOME: '/nonexistent' },
    cwd: '/',
    stripFinalNewline: false,
  });
  if (result.timedOut) {
    const seconds = String(bounds.commandMilliseconds / 1000);
    return unknown('timeout', `${source} did not answer within ${seconds} s`, source);
  }
  if (result.isMaxBuffer) return unknown('too-large', `${source} printed too much`, source);
  if (result.exitCode === undefined) {
    const denied = result.code === 'EACCES' || result.code === 'EPERM';
    const why = denied ? 'denied' : 'unsupported';
    return unknown(
      why,
      `${source} could not run: ${result.code ?? result.signal ?? 'unknown reason'}`,
      source,
    );
  }
  const { exitCode, stdout, stderr } = result;
  return known({ exitCode, stdout: maskSecrets(stdout), stderr: maskSecrets(stderr) }, source);
}

async function findProgram(name: string): Promise<string | null> {
  for (const directory of trustedDirectories) {
    const path = `${directory}/${name}`;
    const found = await statOf(path, path);
    const executable = found.state === 'known' && found.value?.type === 'file' && found.value.mode & 0o111;
    if (executable) return path;
  }
  return null;
}

function getOverSocket(
  socketPath: string,
  path: string,
  bounds: Limits,
): Promise<Evidence<HttpResponse | null>> {
  const source = `GET ${socketPath}${path}`;
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let total = 0;
    const call = request({ socketPath, path, method: 'GET', headers: { Host: 'localhost' } }, (response) => {
      response.on('data', (chunk: Buffer) => {
        total += chunk.length;
        if (total > bounds.commandBytes) {
          resolve(unknown('too-large', `${source} answered too much`, source));
          call.destroy();
        } else chunks.push(chunk);
      });
      response.on('end', () => {
        const body = maskJson(Buffer.concat(chunks).toString('utf8'));
        resolve(known({ status: response.statusCode ?? 0, body }, source));
      });
      response.on('error', (error) => {
        resolve(unknown('unsupported', `${source} broke off: ${error.message}`, source));
      });
    });
    const timer = setTimeout(() => {
      resolve(unknown('timeout', `${source} did not answer in time`, source));
      call.destroy();
    }, bounds.commandMilliseconds);
    call.on('close', () => {
      clearTimeout(timer);
    });
    call.on('error', (error) => {
      resolve(failed(error, source));
    });
    call.end();
  });
}
