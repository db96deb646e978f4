import { factReader } from '../../src/engine/fact.ts';
import type { Sshd } from '../../src/facts/sshd/server.ts';
import { sshdFact } from '../../src/facts/sshd/sshd.ts';
import type { MemoryHost } from './memory-host.ts';
import { memoryHost } from './memory-host.ts';

export const sshdConfig = '/etc/ssh/sshd_config';

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
