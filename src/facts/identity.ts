import type { Identity } from '../engine/audit.ts';
import { defineFact } from '../engine/fact.ts';
import { known } from '../host/evidence.ts';

/** Name, distribution and kernel of the machine, for the head of a report; see os-release(5). */
export const identityFact = defineFact<Identity>({
  id: 'identity',
  kinds: ['live', 'rootfs', 'snapshot', 'project'],
  gather: async (host) => {
    const text = async (path: string) => {
      const evidence = await host.read(path);
      return evidence.state === 'known' ? (evidence.value?.trim() ?? null) : null;
    };
    if (host.origin.kind === 'project') return known({ name: null, os: null, kernel: null }, 'project');
    const [hostname, release, kernel] = await Promise.all([
      text('/etc/hostname'),
      text('/etc/os-release'),
      host.origin.running ? text('/proc/sys/kernel/osrelease') : null,
    ]);
    const os = /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(release ?? '')?.[1] ?? null;
    return known({ name: hostname === '' ? null : hostname, os, kernel }, '/etc/os-release');
  },
});
