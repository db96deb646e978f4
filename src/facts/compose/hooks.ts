import type { Reading } from './reading.ts';
import { booleanOf, doubt, refuse, unsettle } from './reading.ts';
import { itemsOf, valueAt } from './tree.ts';

/**
 * Whether a hook runs privileged: `post_start` and `pre_stop` are commands in the container with rights of their
 * own, which it has for as long as they run. One that is root's leaves open whom the container runs as.
 */
export function hasPrivilegedHook(reading: Reading): boolean {
  const { service } = reading;
  let found = false;
  const hooks = ['post_start', 'pre_stop'].flatMap((key) => itemsOf(valueAt(service, key)));
  for (const hook of hooks) {
    const privileged = valueAt(hook, 'privileged');
    if (privileged?.kind === 'scalar') {
      unsettle(reading, 'privileged', privileged);
      const value = booleanOf(privileged.text ?? '');
      if (value === null && privileged.unset.length === 0)
        refuse(reading, 'privileged', privileged, 'that is neither true nor false');
      if (value === true && !found) reading.places.set('privileged', privileged.place);
      found ||= value === true;
    }
    const user = valueAt(hook, 'user');
    // Without a user of its own, the container's is root already.
    if (user?.kind !== 'scalar' || valueAt(service, 'user') === null) continue;
    unsettle(reading, 'user', user);
    if (/^(?:root|0+)(?::|$)/.test(user.text ?? '')) doubt(reading, 'user', user, 'runs a hook as root');
  }
  return found;
}
