import type { Engine } from './engine.ts';
import type { Workload } from './workload.ts';

/** `""`, `0`, `00`, `0:0`, `root`, `root:staff`: the user before the colon decides. */
export function isRootUser(user: string): boolean {
  const [account = ''] = user.split(':');
  return account === '' || account === 'root' || /^[+-]?0+$/.test(account);
}

/** Whether its program begins as root in the container; `null` where only the image says. */
export function beginsAsRoot({ user, state, refusesRoot }: Workload): boolean | null {
  if (refusesRoot === true) return false;
  return user === '' && state === 'declared' ? null : isRootUser(user);
}

/**
 * Whether the container's root has another user's id on the host.
 *
 * @param engine - that has the container; `null` where none is known
 */
export function isRootMapped({ mapsRoot, namespaces }: Workload, engine: Engine | null): boolean {
  return mapsRoot || engine?.rootless === true || (engine?.userns === true && namespaces.user !== 'host');
}
