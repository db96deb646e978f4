import type { Accounts } from './accounts.ts';
import { groupsOf } from './accounts.ts';
import type { Connection } from './match.ts';
import { conditionsHold } from './match.ts';
import { matchList, parseNetwork } from './patterns.ts';
import type { Condition, ConfigTree } from './tree.ts';

/** A connection that a Match block applies to, to ask what sshd would do for it. */
export interface Scenario {
  /** The block's Match lines, outermost first. */
  readonly block: readonly Condition[];
  /** `null`: no connection could be made up for it (a group without members): the block is assumed. */
  readonly connection: Connection | null;
  /** Whether root can be the one who connects so. */
  readonly root: boolean;
}

/** Bounds the work on a hostile configuration; blocks beyond them are reported as unread. */
export const scenarioBounds = { blocks: 32, candidates: 256 } as const;

/** Nobody's name, address and port: what a criterion without a literal matches. */
const nobody = {
  user: 'aisec-somebody',
  host: 'somewhere.invalid',
  address: '198.51.100.7',
  localAddress: '192.0.2.1',
};

/**
 * For each Match block a connection that reaches it past as few earlier blocks as possible, and one as
 * root where root can reach it.
 */
export function scenariosOf(tree: ConfigTree, accounts: Accounts): readonly Scenario[] {
  return tree.blocks.slice(0, scenarioBounds.blocks).flatMap((block): Scenario[] => {
    const connections = candidates(block, accounts);
    const everyone = best(connections, block, tree);
    const asRoot = best(
      connections.filter(({ user }) => user === 'root'),
      block,
      tree,
    );
    if (everyone === null) return [{ block, connection: null, root: mayNameRoot(block) }];
    const first = { block, connection: everyone, root: everyone.user === 'root' };
    return asRoot === null || asRoot === everyone
      ? [first]
      : [first, { block, connection: asRoot, root: true }];
  });
}

function best(
  connections: readonly Connection[],
  block: readonly Condition[],
  tree: ConfigTree,
): Connection | null {
  const earlier = tree.blocks.slice(0, tree.blocks.indexOf(block));
  let found: Connection | null = null;
  let fewest = Infinity;
  for (const connection of connections) {
    const matched = earlier.filter((each) => conditionsHold(each, connection) !== false).length;
    if (matched >= fewest) continue;
    found = connection;
    fewest = matched;
  }
  return found;
}

function candidates(block: readonly Condition[], accounts: Accounts): Connection[] {
  const criteria = block.flatMap((condition) => condition.criteria ?? []);
  const patterns = (attribute: string) =>
    criteria.filter((each) => each.attribute === attribute).map(({ pattern }) => pattern);
  const users = userCandidates(patterns('user'), patterns('group'), accounts);
  const ports = [...patterns('localport').map(Number), 22];
  const found: Connection[] = [];
  for (const address of addressCandidates(patterns('address'), nobody.address)) {
    for (const localAddress of addressCandidates(patterns('localaddress'), nobody.localAddress)) {
      for (const host of literals(patterns('host'), nobody.host)) {
        for (const user of users) {
          const groups = groupsOf(accounts, user);
          const connection = { user, groups, host, address, localAddress, localPort: ports[0] ?? 22 };
          if (conditionsHold(block, connection) === true) found.push(connection);
          if (found.length >= scenarioBounds.candidates) return found;
        }
      }
    }
  }
  return found;
}

function userCandidates(
  patterns: readonly string[],
  groups: readonly string[],
  accounts: Accounts,
): readonly string[] {
  const members = accounts.users
    .map(({ name }) => name)
    .filter((name) =>
      groups.some((pattern) => groupsOf(accounts, name).some((group) => matchList(group, pattern) === true)),
    );
  return [...new Set([...literals(patterns, nobody.user), ...members.slice(0, 32), 'root'])].slice(0, 64);
}

/** Names that the patterns would match: each entry with its wildcards filled in, and a neutral one. */
function literals(patterns: readonly string[], neutral: string): string[] {
  const entries = patterns.flatMap((pattern) => pattern.split(',')).filter((entry) => !entry.startsWith('!'));
  return [neutral, ...entries.slice(0, 16).map((entry) => entry.replace(/\*/g, 'x').replace(/\?/g, 'x'))];
}

function addressCandidates(patterns: readonly string[], neutral: string): string[] {
  const entries = patterns.flatMap((pattern) => pattern.split(',')).filter((entry) => !entry.startsWith('!'));
  return [neutral, ...entries.slice(0, 8).flatMap(addressesIn)];
}

/** The first and second address of a network: one of them is rarely excluded by a later entry. */
function addressesIn(entry: string): string[] {
  const network = parseNetwork(entry);
  if (network === 'bad') return [];
  if (network === null) return [entry.replace(/\*/g, '7').replace(/\?/g, '7')];
  const { address, bits } = network;
  const bytes = address.toByteArray();
  if (bits === bytes.length * 8) return [address.toString()];
  const base = entry.split('/')[0] ?? '';
  if (address.kind() === 'ipv6') return [base, base.endsWith('::') ? `${base}1` : base];
  const last = bytes.length - 1;
  return [0, 1, 254].map((add) =>
    bytes.map((byte, at) => (at === last ? (byte | add) & 255 : byte)).join('.'),
  );
}

/** Unless a user list says otherwise, root may be whom the block is for. */
function mayNameRoot(block: readonly Condition[]): boolean {
  return block.every(({ criteria }) =>
    (criteria ?? []).every(
      ({ attribute, pattern }) => attribute !== 'user' || matchList('root', pattern) === true,
    ),
  );
}
