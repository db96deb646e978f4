import { describe, expect, test } from '@jest/globals';
import { jailReadsProxyLog } from '../../../src/checks/access/jail-reads-proxy-log.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { fail2banWith, jail, stopped } from './jail-fixtures.ts';

const proxies = [
  {
    proxy: 'nginx',
    source: '/etc/nginx/conf.d/ollama.conf',
    line: 3,
    excerpt: 'auth_basic "AI";',
    upstreams: ['127.0.0.1:11434'],
    logs: ['/var/log/nginx/error.log'],
  },
];
const web = (filter: string, logPath: string) =>
  fail2banWith(jail({ name: 'web', filter, backend: 'auto', logPaths: [logPath] }));
const sshguard = {
  name: 'sshguard',
  installed: true,
  enabled: true,
  active: true,
  journal: [],
  citation: {},
};

describe('jail-reads-proxy-log', () => {
  test.each([
    ['pass', 'its own log', web('nginx-http-auth', '/var/log/nginx/error.log')],
    ['pass', 'a pattern', web('nginx-http-auth', '/var/log/nginx/*error.log')],
    ['fail', 'the log of another site', web('nginx-http-auth', '/var/log/nginx/other/error.log')],
    ['fail', 'a pattern does not span directories', web('nginx-http-auth', '/var/*/error.log')],
    ['fail', 'a filter that sees no passwords', web('nginx-botsearch', '/var/log/nginx/error.log')],
    ['undetermined', 'a filter of one’s own', web('ollama-auth', '/var/log/nginx/error.log')],
    [
      'fail',
      'a jail on the journal reads no file',
      fail2banWith(
        jail({
          name: 'web',
          filter: 'nginx-http-auth',
          backend: 'systemd',
          logPaths: ['/var/log/nginx/error.log'],
        }),
      ),
    ],
    ['fail', 'only SSH', fail2banWith(jail())],
    ['fail', 'no fail2ban at all', null],
    ['not-applicable', 'fail2ban is down', stopped],
  ])('%s: %s', (outcome, _, fail2ban) => {
    expect(evaluate(jailReadsProxyLog, { proxies, fail2ban, guards: [] })).toMatchObject([{ outcome }]);
  });

  test('no proxy asks for a password: not-applicable', () => {
    const verdicts = evaluate(jailReadsProxyLog, { proxies: [], fail2ban: null, guards: [] });
    expect(verdicts).toMatchObject([{ outcome: 'not-applicable' }]);
  });

  test('a proxy that logs to no file: undetermined', () => {
    const journal = proxies.map((proxy) => ({ ...proxy, logs: ['stderr'] }));
    const fail2ban = fail2banWith(jail());
    expect(evaluate(jailReadsProxyLog, { proxies: journal, fail2ban, guards: [] })).toMatchObject([
      { outcome: 'undetermined' },
    ]);
  });

  test('another guard may read the log: undetermined', () => {
    const verdicts = evaluate(jailReadsProxyLog, { proxies, fail2ban: null, guards: [sshguard] });
    expect(verdicts).toMatchObject([{ outcome: 'undetermined' }]);
  });
});
