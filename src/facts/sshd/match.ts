import { matchAddresses, matchList } from './patterns.ts';
import type { Condition, Criterion } from './tree.ts';

/** A connection as `sshd -T -C` takes it; what is absent matches no criterion that asks for it. */
export interface Connection {
  readonly user?: string;
  /** Groups that the user is in. */
  readonly groups?: readonly string[];
  readonly host?: string;
  readonly address?: string;
  readonly localAddress?: string;
  readonly localPort?: number;
}

/** Whether every Match line holds; `null`: one of them is not understood. */
export function conditionsHold(conditions: readonly Condition[], connection: Connection): boolean | null {
  let unsure = false;
  for (const { criteria } of conditions) {
    if (criteria === null) unsure = true;
    for (const criterion of criteria ?? []) {
      const holds = criterionHolds(criterion, connection);
      if (holds === false) return false;
      if (holds === null) unsure = true;
    }
  }
  return unsure ? null : true;
}

function criterionHolds({ attribute, pattern }: Criterion, connection: Connection): boolean | null {
  const { user, groups, host, address, localAddress, localPort } = connection;
  switch (attribute) {
    case 'all':
      return true;
    case 'user':
      return user !== undefined && matchList(user, pattern) === true;
    case 'group':
      return groups !== undefined && groupsMatch(groups, pattern);
    case 'host':
      return host !== undefined && matchList(host.toLowerCase(), pattern.toLowerCase()) === true;
    case 'address':
      return address === undefined ? false : addressHolds(address, pattern);
    case 'localaddress':
      return localAddress === undefined ? false : addressHolds(localAddress, pattern);
    case 'localport':
      return localPort !== undefined && Number(pattern) === localPort;
    case 'rdomain':
      return false;
    default:
      return null;
  }
}

function addressHolds(address: string, pattern: string): boolean | null {
  const match = matchAddresses(address, pattern);
  return match === 'bad' ? null : match === true;
}

/** One group that the list excludes is enough to fail. */
function groupsMatch(groups: readonly string[], pattern: string): boolean {
  const matches = groups.map((group) => matchList(group, pattern));
  return !matches.includes(false) && matches.includes(true);
}
