import { factReader } from '../../../src/engine/fact.ts';
import { networkFact } from '../../../src/facts/exposure/network.ts';
import { answerer } from '../../../src/facts/exposure/query.ts';
import { listenersFact } from '../../../src/facts/listeners/listeners.ts';
import { memoryHost } from '../../harness/memory-host.ts';
import type { Asked, Topology } from './topology.ts';

/** How often the engine was asked and what came of it. */
export interface Tally {
  queries: number;
  unknown: number;
  reachable: number;
}

const commands = [
  ['iptables-save'],
  ['ipset', 'save'],
  ['ip6tables-save'],
  ['nft', '-j', 'list', 'ruleset'],
  ['nft', '-a', 'list', 'ruleset'],
  ['ip', '-j', 'address'],
  ['ip', '-j', 'route'],
  ['ip', '-j', '-6', 'route'],
  ['ip', '-j', 'route', 'show', 'table', 'all'],
  ['ip', '-j', '-6', 'route', 'show', 'table', 'all'],
  ['ip', '-j', 'rule'],
  ['ip', '-j', '-6', 'rule'],
  ['ss', '-H', '-t', '-u', '-l', '-n', '-p', '-e'],
] as const;

const settings = ['all', 'lo', 'eth0', 'eth1', 'br0', 'veth0'].flatMap((name) =>
  ['forwarding', 'route_localnet', 'rp_filter'].map((key) => `/proc/sys/net/ipv4/conf/${name}/${key}`),
);

/** What the facts read on the server now. */
export async function recorded({ server }: Topology, more: readonly (readonly string[])[] = []) {
  const paths = [...settings, '/proc/sys/net/ipv6/conf/all/forwarding'];
  const [values, ...outputs] = await Promise.all([
    server(['cat', ...paths]),
    ...[...commands, ...more].map((argv) => server(argv)),
  ]);
  const texts = values.split('\n');
  return memoryHost({
    commands: [...commands, ...more].map((argv, index) => ({ argv, stdout: outputs[index] ?? '' })),
    files: {
      ...Object.fromEntries(paths.map((path, index) => [path, texts[index] ?? ''])),
      '/proc/1/cmdline': 'init\0',
      '/proc/1/status': 'Name:\tinit\nPPid:\t0\nUid:\t0\t0\t0\t0\n',
    },
  });
}

/** Holds the engine's answers against what really connects. @returns one line for each that is wrong */
export async function disagreements(
  topology: Topology,
  queries: readonly Asked[],
  tally: Tally,
  more: readonly (readonly string[])[] = [],
): Promise<readonly string[]> {
  const read = factReader(await recorded(topology, more));
  const [network, listeners] = await Promise.all([read(networkFact), read(listenersFact)]);
  if (network.state === 'unknown') throw new Error(network.detail);
  if (listeners.state === 'unknown') throw new Error(listeners.detail);
  const answer = answerer(network.value, listeners.value);
  const answers = queries.map(({ at: _, ...query }) => answer(query));
  const wrongIn = async (asked: readonly number[], milliseconds: number) => {
    const truth = await topology.ask(
      asked.map((index) => queries[index]).filter((one) => one !== undefined),
      milliseconds,
    );
    return asked.filter((index, place) => {
      const verdict = answers[index]?.verdict;
      return verdict !== 'unknown' && (verdict === 'reachable') !== truth[place];
    });
  };
  // A busy machine answers late: what seems wrong is asked again, with patience.
  const doubtful = await wrongIn([...queries.keys()], 300);
  const wrong = doubtful.length === 0 ? [] : await wrongIn(doubtful, 2500);
  tally.queries += queries.length;
  tally.unknown += answers.filter(({ verdict }) => verdict === 'unknown').length;
  tally.reachable += answers.filter(({ verdict }) => verdict === 'reachable').length;
  return wrong.map((index) => {
    const { from, to, port, proto, interface: name, verdict, because } = answers[index] ?? {};
    return `${String(proto)} ${String(from)} → ${String(to)} port ${String(port)} on ${String(name)}: said ${String(verdict)} (${(because ?? []).join(' | ')})`;
  });
}
