/** A proxy asks for a password and no jail reads where it writes the wrong ones. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import type { Fail2ban } from '../../facts/fail2ban/fail2ban.ts';
import { fail2banFact } from '../../facts/fail2ban/fail2ban.ts';
import type { GuardedProxy } from '../../facts/fail2ban/guarded-proxies.ts';
import { guardedProxiesFact } from '../../facts/fail2ban/guarded-proxies.ts';
import { guardsFact } from '../../facts/fail2ban/guards.ts';
import type { Jail } from '../../facts/fail2ban/jail.ts';
import { inForce } from '../../facts/fail2ban/jail.ts';

const messages = {
  missing:
    '{proxy} asks for a password before it passes requests to {upstreams}, and fail2ban is not installed to read its log {log}: it can be guessed without end.',
  unwatched:
    '{proxy} asks for a password before it passes requests to {upstreams}, and no jail reads its log {log}: it can be guessed without end.',
};

/** fail2ban's own filter for wrong passwords, and those of it over nginx's logs that see none. */
const passwordFilter = 'nginx-http-auth';
const otherFilters = /^nginx-(?:bad-request|botsearch|limit-req|forbidden)$/;

export const jailReadsProxyLog = defineCheck({
  id: 'jail-reads-proxy-log',
  needs: { proxies: guardedProxiesFact, fail2ban: fail2banFact, guards: guardsFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ proxies, fail2ban, guards }) => {
    if (proxies.length === 0) return [notApplicable('no proxy asks for a password')];
    const other = guards.find(({ name, active }) => name !== 'fail2ban' && active === true);
    if (other !== undefined)
      return [undetermined(`${other.name} runs; whether it reads the proxy’s log was not read`)];
    // That it is down is a finding of its own.
    if (fail2ban !== null && fail2ban.active === false) return [notApplicable('fail2ban is not running')];
    return proxies.map((proxy) => judge(proxy, fail2ban));
  },
});

function judge(proxy: GuardedProxy, fail2ban: Fail2ban | null): Verdict<typeof messages> {
  const { source, line, excerpt } = proxy;
  const readers = (fail2ban?.jails ?? []).filter((jail) => inForce(jail) && reads(jail, proxy));
  const reader = readers.find(({ filter }) => filter === passwordFilter);
  if (reader !== undefined) return pass(source, reader.enabledBy);
  const [strange] = readers;
  if (strange !== undefined) {
    const because = `whether filter ${strange.filter} of jail ${strange.name} sees wrong passwords is not known; see fail2ban-regex`;
    return undetermined(because, source);
  }
  const elsewhere = proxy.logs.find((log) => !log.startsWith('/'));
  if (elsewhere !== undefined && fail2ban !== null) {
    return undetermined(`${proxy.proxy} logs to ${elsewhere}, and who reads that was not followed`, source);
  }
  const data = {
    proxy: proxy.proxy,
    log: proxy.logs[0] ?? '',
    upstreams: proxy.upstreams.join(', ') || 'what is behind it',
  };
  const message = fail2ban === null ? 'missing' : 'unwatched';
  return { outcome: 'fail', message, subject: source, data, evidence: [{ source, line, excerpt }] };
}

/** A jail on the journal reads no file, whatever its logpath says; see jail.conf(5), backend. */
function reads({ filter, backend, logPaths }: Jail, { logs }: GuardedProxy): boolean {
  if (otherFilters.test(filter) || backend.startsWith('systemd')) return false;
  return logPaths.some((pattern) => logs.every((log) => matchesGlob(pattern, log)));
}

/** `*` and `?` within one part of a path, as Python's glob. */
function matchesGlob(pattern: string, path: string): boolean {
  // More stars than a log's name needs would only cost time.
  if (pattern.split('*').length > 6) return pattern === path;
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/\*+/g, '[^/]*').replaceAll('?', '[^/]')}$`).test(path);
}
