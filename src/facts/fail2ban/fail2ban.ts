import { defineFact } from '../../engine/fact.ts';
import { gapsOf, known, knownInPart, mapEvidence, unknown } from '../../host/evidence.ts';
import type { Evidence } from '../../host/evidence.ts';
import { jailConfigurationFact } from './configuration.ts';
import type { JailConfiguration } from './configuration.ts';
import { guardsFact } from './guards.ts';
import type { Jail, JailSetting } from './jail.ts';
import type { RunningJail } from './server.ts';
import { fail2banServerFact } from './server.ts';

/** fail2ban as it protects this machine now, or will from the next boot. */
export interface Fail2ban {
  /** `null` when that cannot be told. */
  readonly enabled: boolean | null;
  readonly active: boolean | null;
  /** Every jail; the running server's values where it told them. */
  readonly jails: readonly Jail[];
}

/**
 * fail2ban's state and effective jails; `null` when it is not installed. Where the running server
 * could not be asked, the files' values stand and what it really holds is a gap.
 */
export const fail2banFact = defineFact<Fail2ban | null>({
  id: 'fail2ban',
  kinds: ['live', 'rootfs', 'snapshot', 'project'],
  gather: async (host, read) => {
    if (host.origin.kind === 'project') {
      const found = await read(jailConfigurationFact);
      if (found.state === 'known' && found.value === null) return mapEvidence(found, () => null);
      return mapEvidence(jailsInForce(found, null), (jails) => ({ enabled: null, active: null, jails }));
    }
    const [guards, configuration, server] = await Promise.all([
      read(guardsFact),
      read(jailConfigurationFact),
      read(fail2banServerFact),
    ]);
    if (guards.state === 'unknown') return guards;
    const guard = guards.value.find(({ name }) => name === 'fail2ban');
    if (guard?.installed !== true) return known(null, guards.source);
    const running = server.state === 'known' ? server.value : null;
    const jails = jailsInForce(configuration, running);
    if (jails.state === 'unknown') return jails;
    const { enabled, active } = guard;
    const silent = server.state === 'unknown' ? server.detail : 'the running fail2ban did not answer';
    const asked = running !== null || active === false || !host.origin.running;
    return knownInPart({ enabled, active, jails: jails.value }, jails.source, [
      ...gapsOf(configuration),
      ...(asked ? [] : [silent]),
      ...(running === null ? [] : untold(running)),
    ]);
  },
});

/** Where the server did not tell, the files' values stand, which it may have read before they changed. */
function untold(running: ReadonlyMap<string, RunningJail | null>): readonly string[] {
  return [...running].flatMap(([name, held]) => {
    const told = held === null ? [] : [held.maxRetry, held.findTime, held.banTime, held.ignored];
    return told.length > 0 && !told.includes(null)
      ? []
      : [`the running fail2ban did not tell every limit of jail ${name}; see fail2ban-client get ${name}`];
  });
}

function jailsInForce(
  configuration: Evidence<JailConfiguration | null>,
  running: ReadonlyMap<string, RunningJail | null> | null,
): Evidence<readonly Jail[]> {
  if (configuration.state === 'unknown') return configuration;
  const { jails = [], invalid = null } = configuration.value ?? {};
  if (invalid !== null) {
    const where = `${invalid.source}:${String(invalid.line)}`;
    return unknown('unparsable', `fail2ban cannot use its configuration: ${where}: ${invalid.reason}`, where);
  }
  if (running === null) return knownInPart(jails, configuration.source, gapsOf(configuration));
  const configured = jails.map((jail): Jail => {
    const values = running.get(jail.name);
    return values === undefined ? { ...jail, running: false } : withServerValues(jail, values);
  });
  const others = [...running].filter(([name]) => !jails.some((jail) => jail.name === name));
  return known(
    [...configured, ...others.map(([name, values]) => withServerValues(unconfigured(name), values))],
    'fail2ban-client status',
  );
}

function withServerValues(jail: Jail, values: RunningJail | null): Jail {
  return {
    ...jail,
    running: true,
    maxRetry: inServer(jail.maxRetry, values?.maxRetry),
    findTime: inServer(jail.findTime, values?.findTime),
    banTime: inServer(jail.banTime, values?.banTime),
    increment: values?.increment ?? jail.increment,
    ignored: inServer(jail.ignored, values?.ignored),
  };
}

/** The server's value wins; where the file says the same, its line is what to look at. */
function inServer<T>(written: JailSetting<T>, held: JailSetting<T> | null | undefined): JailSetting<T> {
  if (held === null || held === undefined) return written;
  const same =
    JSON.stringify([held.value].flat().toSorted()) === JSON.stringify([written.value].flat().toSorted());
  return same ? written : held;
}

/** A jail that runs though no file says so any more: of its ports and bans nothing is known. */
function unconfigured(name: string): Jail {
  const citation = { source: 'fail2ban-client status', line: null, excerpt: name };
  const none: JailSetting<null> = { value: null, citation };
  return {
    name,
    enabled: false,
    running: true,
    problem: null,
    filter: name,
    backend: 'auto',
    enabledBy: citation,
    maxRetry: none,
    findTime: none,
    banTime: none,
    increment: false,
    ignored: { value: [], citation },
    logPaths: [],
    ports: null,
    bans: [{ action: 'unknown', where: 'unknown', ports: null }],
  };
}

/** Why no jail of it is in force; `null` when jails may be. */
export function standstill(fail2ban: Fail2ban | null): string | null {
  if (fail2ban === null) return 'fail2ban is not installed';
  return fail2ban.active === false ? 'fail2ban is not running' : null;
}
