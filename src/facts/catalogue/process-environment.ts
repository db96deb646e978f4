import type { Evidence } from '../../host/evidence.ts';
import { known } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';
import type { Process } from '../processes.ts';

export type Environment = Readonly<Record<string, string>>;

/**
 * The environment that a process was started with; see proc(5).
 *
 * @returns `null` where it has none any more: it ended, or wrote its title over it (setproctitle)
 */
export async function environmentOf(host: Host, { pid }: Process): Promise<Evidence<Environment | null>> {
  const environ = await host.read(`/proc/${String(pid)}/environ`);
  if (environ.state === 'unknown') return environ;
  const variables = parseEnviron(environ.value ?? '');
  const whole = 'PATH' in variables || 'INVOCATION_ID' in variables;
  return known(whole ? variables : null, environ.source);
}

/** Variables of /proc/PID/environ: NAME=value, each ended by a NUL. */
function parseEnviron(text: string): Environment {
  const pairs = text.split('\0').map((pair) => /^([^=]+)=([\s\S]*)$/.exec(pair));
  return Object.fromEntries(
    pairs.flatMap((match) => (match === null ? [] : [[match[1] ?? '', match[2] ?? '']])),
  );
}
