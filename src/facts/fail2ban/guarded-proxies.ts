import { defineFact } from '../../engine/fact.ts';
import type { Evidence } from '../../host/evidence.ts';
import { gapsOf, knownInPart } from '../../host/evidence.ts';
import type { Host } from '../../host/host.ts';

/** A proxy's configuration file that asks for a password before it passes requests on. */
export interface GuardedProxy {
  readonly proxy: 'nginx';
  readonly source: string;
  /** Line of the first `auth_basic`. */
  readonly line: number;
  readonly excerpt: string;
  /** Where the file passes requests to: `127.0.0.1:11434`, `ollama`. */
  readonly upstreams: readonly string[];
  /** Where failed passwords are written: a path, or what nginx has in place of one (`stderr`, `syslog:…`). */
  readonly logs: readonly string[];
}

/**
 * nginx files with both `auth_basic` and `proxy_pass`, by a simple reading of the usual places; see
 * ngx_http_auth_basic_module. Failures go to the error log.
 */
export const guardedProxiesFact = defineFact<readonly GuardedProxy[]>({
  id: 'guarded-proxies',
  gather: async (host) => {
    const lists = await Promise.all(
      ['/etc/nginx/conf.d', '/etc/nginx/sites-enabled'].map(async (directory) => ({
        directory,
        names: await host.list(directory),
      })),
    );
    const paths = lists.flatMap(({ directory, names }) =>
      (names.state === 'known' ? (names.value ?? []) : []).map((name) => `${directory}/${name}`),
    );
    const files = await Promise.all(
      ['/etc/nginx/nginx.conf', ...paths].map(async (path) => readOne(host, path)),
    );
    const gaps = [...lists.map(({ names }) => names), ...files.map(({ text }) => text)].flatMap(gapsOf);
    const logs = Array.from((textOf(files[0]?.text) ?? '').matchAll(errorLog), ([, path = '']) => path);
    const proxies = files.flatMap(({ path, text }) => guardIn(path, textOf(text) ?? '', logs));
    return knownInPart(proxies, '/etc/nginx', gaps);
  },
});

const errorLog = /(?:^|[;{}])[ \t]*error_log[ \t]+([^\s;]+)/gm;

async function readOne(host: Host, path: string): Promise<{ path: string; text: Evidence<string | null> }> {
  return { path, text: await host.read(path) };
}

function textOf(evidence: Evidence<string | null> | undefined): string | null {
  return evidence?.state === 'known' ? evidence.value : null;
}

/** @param logs - error logs of nginx.conf, which hold where a file names none of its own */
function guardIn(source: string, text: string, logs: readonly string[]): readonly GuardedProxy[] {
  const lines = text.split('\n').map((line) => line.replace(/#.*/, ''));
  const at = lines.findIndex((line) => /(?:^|[;{}])\s*auth_basic\s+(?!off\b)\S/.test(line));
  if (at === -1) return [];
  const code = lines.join('\n');
  const upstreams = Array.from(
    code.matchAll(/(?:^|[;{}])[ \t]*(?:proxy_pass\s+https?:\/\/|server\s+)([\w.-]+)(?::(\d+))?/gm),
    ([, name = '', port]) => (port === undefined ? name : `${name}:${port}`),
  );
  if (!/(?:^|[;{}])[ \t]*proxy_pass\s/m.test(code)) return [];
  const own = Array.from(code.matchAll(errorLog), ([, path = '']) => path);
  const fallback = logs.length > 0 ? logs : ['/var/log/nginx/error.log'];
  return [
    {
      proxy: 'nginx',
      source,
      line: at + 1,
      excerpt: lines[at]?.trim() ?? '',
      upstreams: [...new Set(upstreams)],
      logs: own.length > 0 ? own : fallback,
    },
  ];
}
