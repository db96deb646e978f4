import type { Check, Verdict } from '../../src/engine/check.ts';
import { factReader } from '../../src/engine/fact.ts';
import type { Sshd, SshdServer } from '../../src/facts/sshd/server.ts';
import { sshdFact } from '../../src/facts/sshd/sshd.ts';
import { evaluate } from './evaluate.ts';
import type { MemoryHost } from './memory-host.ts';
import { memoryHost } from './memory-host.ts';

export const sshdConfig = '/etc/ssh/sshd_config';

/** For a configuration with `Include z.conf`: something that sshd reads and this audit cannot. */
export const unreadInclude: MemoryHost = {
  recording: { '/etc/ssh/z.conf': { read: { unknown: 'denied', detail: 'it may not be read' } } },
};

/** The fact for a machine with sshd 9.2 installed and this configuration; sshd -T does not answer there. */
export async function sshdWith(text: string, more: MemoryHost = {}): Promise<Sshd> {
  const files = {
    '/usr/sbin/sshd': '',
    '/etc/passwd': 'root:x:0:0::/root:/bin/bash\nop:x:1000:1000::/home/op:/bin/bash\n',
    '/etc/group': 'root:x:0:\nop:x:1000:\n',
    '/var/lib/dpkg/status':
      'Package: openssh-server\nStatus: install ok installed\nVersion: 1:9.2p1-2+deb12u6\nArchitecture: amd64\n',
    [sshdConfig]: text,
    ...more.files,
  };
  return sshdOn({ ...more, files });
}

/** The fact for any machine. */
export async function sshdOn(host: MemoryHost): Promise<Sshd> {
  const evidence = await factReader(await memoryHost(host))(sshdFact);
  if (evidence.state === 'unknown') throw new Error(evidence.detail);
  return evidence.value;
}

/** The same servers, each with these parts changed. */
export function serversWith(sshd: Sshd, parts: Partial<SshdServer>): Sshd {
  return { ...sshd, servers: sshd.servers.map((server) => ({ ...server, ...parts })) };
}

/** As a drop-in in a project that sets nothing and that no main file includes. */
export function fragmentOf(sshd: Sshd): Sshd {
  const scopes = sshd.servers.flatMap((server) => server.scopes);
  return serversWith(sshd, {
    kind: 'fragment',
    scopes: scopes.map((scope) => ({ ...scope, options: new Map() })),
  });
}

/** What a check says about sshd with this configuration. */
export async function outcomesOf(
  check: Check,
  params: unknown,
  text: string,
  more: MemoryHost = {},
): Promise<readonly Verdict['outcome'][]> {
  const sshd = await sshdWith(text, more);
  return evaluate(check, { sshd }, params).map(({ outcome }) => outcome);
}

/** What a check says about a machine that has no sshd. */
export async function outcomeWithoutSshd(
  check: Check,
  params: unknown,
  more: Readonly<Record<string, unknown>> = {},
): Promise<Verdict['outcome'] | undefined> {
  return evaluate(check, { sshd: await sshdOn({}), ...more }, params)[0]?.outcome;
}
