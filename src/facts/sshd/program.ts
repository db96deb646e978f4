import type { Host } from '../../host/host.ts';
import type { SshdOption } from './effective.ts';
import { keywordNamed } from './keywords.ts';
import type { Connection } from './match.ts';
import { rootLogin } from './values.ts';

/** What the installed sshd says of a configuration; `null`: it did not say. */
export interface ProgramAnswer {
  readonly options: ReadonlyMap<string, SshdOption>;
  readonly command: string;
}

/**
 * Asks `sshd -T`. Without root it cannot read host keys, without /run/sshd it refuses: then the answer is
 * `null`, and the files are read in its place.
 */
export async function askProgram(
  host: Host,
  args: readonly string[],
  connection: Connection | null,
): Promise<ProgramAnswer | null> {
  const specification = connection === null ? [] : ['-C', connectionSpecification(connection)];
  const answer = await run(host, ['-T', ...args, ...specification]);
  // A file with `Match LocalPort` is refused unless a port is given; no block asks for port 1.
  return answer ?? (connection === null ? run(host, ['-T', ...args, '-C', 'lport=1']) : null);
}

async function run(host: Host, args: readonly string[]): Promise<ProgramAnswer | null> {
  const result = await host.run(['sshd', ...args]);
  if (result.state === 'unknown' || result.value.exitCode !== 0) return null;
  const options = parseProgram(result.value.stdout, result.source);
  return options.size === 0 ? null : { options, command: result.source };
}

export function connectionSpecification(connection: Connection): string {
  const { user, host, address, localAddress, localPort } = connection;
  return [
    ['user', user],
    ['host', host],
    ['addr', address],
    ['laddr', localAddress],
    ['lport', localPort],
  ]
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${String(name)}=${String(value)}`)
    .join(',');
}

/** Lines of `keyword value`; keywords that accumulate are printed once per value. */
export function parseProgram(output: string, source: string): ReadonlyMap<string, SshdOption> {
  const options = new Map<string, SshdOption>();
  for (const line of output.split('\n')) {
    const [, name, value] = /^([a-z0-9]+) (.*)$/.exec(line.trimEnd()) ?? [];
    if (name === undefined || value === undefined) continue;
    const before = options.get(name)?.values ?? [];
    options.set(name, {
      values: [...before, name === 'permitrootlogin' ? rootLogin(value) : value],
      source,
      line: null,
      excerpt: line.trim(),
    });
  }
  // Lists that are empty are not printed.
  for (const name of ['allowusers', 'denyusers', 'allowgroups', 'denygroups', 'acceptenv']) {
    if (options.size > 0 && !options.has(name) && keywordNamed(name) !== undefined) {
      options.set(name, { values: [], source, line: null, excerpt: null });
    }
  }
  return options;
}
