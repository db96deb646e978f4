import type { Host } from '../../host/host.ts';
import type { Engine } from './engine.ts';
import { engineOfWorkload } from './engine.ts';
import type { AskedMount } from './inspect-format.ts';
import type { Mount, Workload } from './workload.ts';

type Submounts = NonNullable<Mount['submounts']>;

/** What a container's own options say of the mounts below one that is read-only; `null`: it leaves that to the engine. */
export function submountsAsked(asked: AskedMount | undefined): Submounts | null {
  const options = asked?.BindOptions;
  if (options?.NonRecursive === true || options?.ReadOnlyForceRecursive === true) return 'read-only';
  return options?.ReadOnlyNonRecursive === true ? 'writable' : null;
}

/**
 * Adds what Docker makes of the mounts below a read-only one: it makes them read-only since Docker Engine 25 with
 * Linux 5.12 (docs.docker.com/engine/storage/bind-mounts, moby#45278); before, they stay as they are on the host.
 */
export async function withSubmounts(
  host: Host,
  engines: readonly Engine[],
  workloads: readonly Workload[],
): Promise<readonly Workload[]> {
  const release = host.origin.running ? await host.read('/proc/sys/kernel/osrelease') : null;
  const kernel = release?.state === 'known' ? release.value : null;
  return workloads.map((workload) => {
    const engine = engineOfWorkload(workload, engines);
    const submounts = engine === null ? null : submountsBy(engine.version, kernel);
    if (submounts === null) return workload;
    return { ...workload, mounts: workload.mounts.map((mount) => ({ submounts, ...mount })) };
  });
}

/** By the engine's version and the kernel's; `null` where they do not tell. */
export function submountsBy(version: string | null, kernel: string | null): Submounts | null {
  const engine = Number.parseInt(version ?? '', 10);
  const [major, minor] = (kernel ?? '').split('.').map((part) => Number.parseInt(part, 10));
  if (engine < 25) return 'writable';
  if (Number.isNaN(engine) || major === undefined || minor === undefined) return null;
  return major > 5 || (major === 5 && minor >= 12) ? 'read-only' : 'writable';
}
