import type { Host } from '../../host/host.ts';

/** How systemd would start sshd. */
export interface SshdUnits {
  /** `ssh.service` on Debian, `sshd.service` elsewhere; `null` when neither is loaded. */
  readonly service: string | null;
  /** A socket unit listens in its place. */
  readonly socket: boolean;
  /** Neither service nor socket runs or starts at boot. */
  readonly off: boolean;
}

const names = ['ssh.service', 'sshd.service', 'ssh.socket', 'sshd.socket'] as const;

/** `null` where systemd does not answer. */
export async function sshdUnits(host: Host): Promise<SshdUnits | null> {
  const shown = await host.run([
    'systemctl',
    'show',
    '--no-pager',
    '--property=Id,LoadState,ActiveState,UnitFileState',
    ...names,
  ]);
  if (shown.state === 'unknown' || shown.value.exitCode !== 0) return null;
  const units = shown.value.stdout.split(/\n\s*\n/).map((block) => {
    const field = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(block)?.[1] ?? '';
    return {
      id: field('Id'),
      loaded: field('LoadState') === 'loaded',
      active: !['inactive', 'failed', ''].includes(field('ActiveState')),
      enabled: /^(?:enabled|alias|static|indirect|generated|enabled-runtime)/.test(field('UnitFileState')),
    };
  });
  const loaded = units.filter((unit) => unit.loaded);
  const known = units.some(({ id }) => id !== '');
  return {
    service: loaded.find(({ id }) => id.endsWith('.service'))?.id ?? null,
    socket: loaded.some(({ id, active }) => id.endsWith('.socket') && active),
    off: known && units.length > 0 && !loaded.some(({ active, enabled }) => active || enabled),
  };
}
