import { defineFact } from '../../engine/fact.ts';
import type { Evidence } from '../../host/evidence.ts';
import { known, unknown } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';
import type { JailSetting } from './jail.ts';
import { wholeNumber } from './jails.ts';

/** What the running server holds of one jail; a part that it did not tell is `null`. */
export interface RunningJail {
  readonly maxRetry: JailSetting<number> | null;
  readonly findTime: JailSetting<number> | null;
  readonly banTime: JailSetting<number> | null;
  readonly increment: boolean | null;
  readonly ignored: JailSetting<readonly string[]> | null;
}

/** Jails asked for their values; each costs five calls of the client. */
const maxJails = 12;

/** The running server's jails by name; `null` when no server runs. Only root may ask it. */
export const fail2banServerFact = defineFact<ReadonlyMap<string, RunningJail | null> | null>({
  id: 'fail2ban-server',
  gather: async (host) => {
    if (!host.origin.running) {
      return unknown(
        'unsupported',
        'files alone do not show what fail2ban runs with',
        'fail2ban-client status',
      );
    }
    const status = await host.run(['fail2ban-client', 'status']);
    if (status.state === 'unknown')
      return status.why === 'tool-missing' ? known(null, status.source) : status;
    const { exitCode, stdout, stderr } = status.value;
    const list = /^`- Jail list:[ \t]*(.*)$/m.exec(stdout)?.[1];
    if (exitCode !== 0 || list === undefined) {
      if (/is fail2ban running/i.test(stdout + stderr)) return known(null, status.source);
      if (/permission denied/i.test(stdout + stderr)) {
        return unknown('denied', 'only root may ask the running fail2ban; run as root', status.source);
      }
      return unknown('unparsable', 'fail2ban-client status was not understood', status.source);
    }
    const names = list.split(/,\s*/).filter(Boolean);
    const jails = await Promise.all(
      names.map(async (name, index) => [name, index < maxJails ? await askJail(host, name) : null] as const),
    );
    return known(new Map(jails), status.source);
  },
});

async function askJail(host: Host, name: string): Promise<RunningJail> {
  const ask = (property: string) => host.run(['fail2ban-client', 'get', name, property]).then(answerOf);
  const [maxRetry, findTime, banTime, increment, ignored] = await Promise.all([
    ask('maxretry'),
    ask('findtime'),
    ask('bantime'),
    ask('bantime.increment'),
    ask('ignoreip'),
  ]);
  return {
    maxRetry: numberOf(maxRetry),
    findTime: numberOf(findTime),
    banTime: numberOf(banTime),
    increment: increment === null ? null : increment.value === 'True',
    ignored: ignored === null ? null : { ...ignored, value: parseIgnored(ignored.value) },
  };
}

function answerOf(run: Evidence<{ exitCode: number; stdout: string }>): JailSetting<string> | null {
  if (run.state === 'unknown' || run.value.exitCode !== 0) return null;
  const value = run.value.stdout.trim();
  return { value, citation: { source: run.source, line: null, excerpt: value } };
}

function numberOf(answer: JailSetting<string> | null): JailSetting<number> | null {
  const value = answer === null ? null : wholeNumber(answer.value);
  return answer === null || value === null ? null : { ...answer, value };
}

/**
 * Networks of `fail2ban-client get JAIL ignoreip`. The client prints `0.0.0.0/0` as `0.0.0.0`, and
 * nobody ignores that address itself.
 */
export function parseIgnored(text: string): readonly string[] {
  const listed = Array.from(text.matchAll(/^[|`]-\s*(\S+)$/gm), ([, address = '']) => address);
  return listed.map((address) => (address === '0.0.0.0' || address === '::' ? `${address}/0` : address));
}
