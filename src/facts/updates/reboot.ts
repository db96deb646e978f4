import { defineFact } from '../../engine/fact.ts';
import { known, unknown } from '../../host/evidence.ts';

/** What tells whether the machine still runs what it has replaced on disk. */
export interface RebootState {
  /** Packages that asked for a reboot; empty when the flag names none; `null` when no flag is set. */
  readonly flaggedBy: readonly string[] | null;
  /** Release of the running kernel: `6.1.0-26-amd64`. */
  readonly running: string;
  /** Releases of the kernels in /boot. */
  readonly installed: readonly string[];
  /** Runs on the kernel of the machine around it. */
  readonly container: boolean;
}

const flag = '/run/reboot-required';

/** See `update-notifier` and `unattended-upgrades` for the flag. */
export const rebootFact = defineFact<RebootState>({
  id: 'reboot',
  gather: async (host) => {
    if (!host.origin.running)
      return unknown('unsupported', 'files alone do not show the running kernel', flag);
    const [flagged, packages, release, boot, container, environment] = await Promise.all([
      host.stat(flag),
      host.read(`${flag}.pkgs`),
      host.read('/proc/sys/kernel/osrelease'),
      host.list('/boot'),
      host.stat('/run/systemd/container'),
      host.stat('/.dockerenv'),
    ]);
    if (flagged.state === 'unknown') return flagged;
    if (release.state === 'unknown') return release;
    if (boot.state === 'unknown') return boot;
    if (release.value === null)
      return unknown('unsupported', '/proc shows no kernel release', release.source);
    const names = (packages.state === 'known' && packages.value) || '';
    const isThere = (evidence: typeof container) => evidence.state === 'known' && evidence.value !== null;
    return known(
      {
        flaggedBy: flagged.value === null ? null : [...new Set(names.split('\n').filter(Boolean))],
        running: release.value.trim(),
        installed: (boot.value ?? []).flatMap((name) => /^vmlinu[xz]-(.+)$/.exec(name)?.[1] ?? []),
        container: isThere(container) || isThere(environment),
      },
      flag,
    );
  },
});
