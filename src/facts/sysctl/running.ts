import { defineFact } from '../../engine/fact.ts';
import type { Evidence } from '../../host/evidence.ts';
import { known, unknown } from '../../host/evidence.ts';

/** The kernel settings that rules ask for, by their sysctl(8) names. */
export const sysctlKeys = [
  'fs.protected_fifos',
  'fs.protected_hardlinks',
  'fs.protected_regular',
  'fs.protected_symlinks',
  'fs.suid_dumpable',
  'kernel.dmesg_restrict',
  'kernel.kexec_load_disabled',
  'kernel.kptr_restrict',
  'kernel.perf_event_paranoid',
  'kernel.randomize_va_space',
  'kernel.sysrq',
  'kernel.unprivileged_bpf_disabled',
  'kernel.yama.ptrace_scope',
  'net.ipv4.conf.all.accept_redirects',
  'net.ipv4.conf.all.accept_source_route',
  'net.ipv4.conf.all.log_martians',
  'net.ipv4.conf.all.rp_filter',
  'net.ipv4.conf.all.secure_redirects',
  'net.ipv4.conf.all.send_redirects',
  'net.ipv4.conf.default.accept_redirects',
  'net.ipv4.conf.default.accept_source_route',
  'net.ipv4.conf.default.rp_filter',
  'net.ipv4.ip_forward',
  'net.ipv4.tcp_syncookies',
  'net.ipv6.conf.all.accept_redirects',
  'net.ipv6.conf.all.accept_source_route',
  'net.ipv6.conf.all.forwarding',
  'net.ipv6.conf.default.accept_redirects',
] as const;
export type SysctlKey = (typeof sysctlKeys)[number];

/** A key's running value; `null` when this kernel does not have it. */
export type RunningSysctl = Readonly<Record<SysctlKey, Evidence<string | null>>>;

/** What the kernel uses now, from /proc/sys. */
export const runningSysctlFact = defineFact<RunningSysctl>({
  id: 'sysctl-running',
  gather: async (host) => {
    if (!host.origin.running) {
      return unknown('unsupported', 'files alone do not show the running kernel', '/proc/sys');
    }
    const entries = await Promise.all(
      sysctlKeys.map(async (key): Promise<readonly [SysctlKey, Evidence<string | null>]> => {
        const evidence = await host.read(`/proc/sys/${key.replaceAll('.', '/')}`);
        return [
          key,
          evidence.state === 'known' ? known(evidence.value?.trim() ?? null, evidence.source) : evidence,
        ];
      }),
    );
    // Every kernel has some of them.
    if (entries.every(([, evidence]) => evidence.state === 'known' && evidence.value === null)) {
      return unknown('unsupported', '/proc/sys shows no setting of a kernel; mount /proc', '/proc/sys');
    }
    return known(Object.fromEntries(entries) as RunningSysctl, '/proc/sys');
  },
});
