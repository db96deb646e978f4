import { describe, expect, test } from '@jest/globals';
import { factReader } from '../../../src/engine/fact.ts';
import { exposureFact } from '../../../src/facts/exposure/exposure.ts';
import { networkFact } from '../../../src/facts/exposure/network.ts';
import { answerer } from '../../../src/facts/exposure/query.ts';
import { listenersFact } from '../../../src/facts/listeners/listeners.ts';
import { box, ollama } from '../../harness/box.ts';
import { memoryHost } from '../../harness/memory-host.ts';

interface Rules {
  readonly raw?: readonly string[];
  readonly nat?: readonly string[];
  readonly forward?: readonly string[];
}

const ruleset = ({ raw = [], nat = [], forward = [] }: Rules) =>
  [
    ...['*raw', ':PREROUTING ACCEPT [0:0]', ...raw, 'COMMIT'],
    ...['*nat', ':PREROUTING ACCEPT [0:0]', ':MINE - [0:0]', ...nat, 'COMMIT'],
    ...['*filter', ':INPUT ACCEPT [0:0]', ':FORWARD ACCEPT [0:0]', ...forward, 'COMMIT', ''],
  ].join('\n');

const tcp = '-A PREROUTING -i eth0 -p tcp -m tcp';
const listen = (address: string) => `tcp LISTEN 0 128 ${address}:11434 0.0.0.0:*`;

/** The scope of the only socket or published port on 11434, and whether a packet to 10.77.0.2 gets through. */
async function asked(
  { socket = '0.0.0.0', port = 8080, docker = false }: Asked,
  rules: Rules,
): Promise<readonly [scope: string | undefined, query: string]> {
  const containers = docker ? [publishedOn(socket)] : [];
  const line = `${listen(socket)}${docker ? ' users:(("docker-proxy",pid=900,fd=4))' : ''}`;
  const programs = { 900: 'docker-proxy' };
  const settings = { route_localnet: 1 };
  const read = factReader(await memoryHost(box(ruleset(rules), [line], containers, programs, settings)));
  const [exposures, network, listeners] = await Promise.all([
    read(exposureFact),
    read(networkFact),
    read(listenersFact),
  ]);
  if (exposures.state === 'unknown' || network.state === 'unknown' || listeners.state === 'unknown')
    throw new Error('not read');
  const query = { proto: 'tcp', from: '203.0.113.7', to: '10.77.0.2', port, interface: 'eth0' } as const;
  return [
    exposures.value.find(({ kind }) => kind !== 'container')?.scope,
    answerer(network.value, listeners.value)(query).verdict,
  ];
}

const publishedOn = (HostIp: string): typeof ollama => ({
  ...ollama,
  NetworkSettings: {
    ...ollama.NetworkSettings,
    Ports: { '80/tcp': [{ HostIp, HostPort: '11434' }] },
  },
});

interface Asked {
  readonly socket?: string;
  readonly port?: number;
  readonly docker?: boolean;
}

describe('a socket to which NAT leads from another address', () => {
  const to = '-j DNAT --to-destination';
  const own = '-A PREROUTING -d 10.77.0.2/32 -p tcp -m tcp';

  test.each<[string, string, string, number]>([
    ['at its own port', '127.0.0.1', `${own} --dport 11434 ${to} 127.0.0.1:11434`, 11434],
    ['at its own port, unnamed', '127.0.0.1', `${own} --dport 11434 ${to} 127.0.0.1`, 11434],
    ['at another port', '127.0.0.1', `${own} --dport 8080 ${to} 127.0.0.1:11434`, 8080],
    ['at every port', '127.0.0.1', `-A PREROUTING -i eth0 ${to} 127.0.0.1`, 11434],
    ['at another interface’s address', '172.17.0.1', `${own} --dport 11434 ${to} 172.17.0.1:11434`, 11434],
    ['there, at another port', '172.17.0.1', `${own} --dport 8080 ${to} 172.17.0.1:11434`, 8080],
    ['at a shifted port', '127.0.0.1', `${own} --dport 8000:8100 ${to} 127.0.0.1:11400-11500/8000`, 8034],
  ])('%s', async (_, socket, rule, port) => {
    expect(await asked({ socket, port }, { nat: [rule] })).toEqual(['any', 'reachable']);
  });

  test.each<[string, string]>([
    ['elsewhere', `${own} --dport 8080 ${to} 172.17.0.1:11434`],
    ['another port', `${own} --dport 8080 ${to} 127.0.0.1:11435`],
    ['another shifted port', `${own} --dport 8000:8100 ${to} 127.0.0.1:11000-11100/8000`],
  ])('but not where it leads to %s', async (_, rule) => {
    // A neighbour may send packets for 127.0.0.1 over the link, as route_localnet is set.
    expect(await asked({ socket: '127.0.0.1' }, { nat: [rule] })).toEqual(['lan', 'blocked']);
  });
});

describe('a socket to which NAT leads from', () => {
  const raw = ['-A PREROUTING -p tcp -m tcp --dport 11434 -j DROP'];
  const redirect = '-j REDIRECT --to-ports 11434';

  test.each<[string, number, Rules]>([
    ['a port', 8080, { raw, nat: [`${tcp} --dport 8080 ${redirect}`] }],
    ['all but one port', 8080, { raw, nat: [`${tcp} ! --dport 22 ${redirect}`] }],
    ['every port', 8080, { raw, nat: [`${tcp} ${redirect}`] }],
    [
      'the end of a long range',
      8090,
      {
        raw: [...raw, '-A PREROUTING -p tcp -m tcp --dport 8000:8079 -j DROP'],
        nat: [`${tcp} --dport 8000:9000 ${redirect}`],
      },
    ],
    [
      'a port that another rule names',
      8080,
      { raw, nat: [`${tcp} --dport 8080 -j MINE`, `-A MINE -p tcp ${redirect}`] },
    ],
  ])('%s', async (_, port, rules) => {
    expect(await asked({ port }, rules)).toEqual(['any', 'reachable']);
  });

  test('no other port is not found', async () => {
    const only = { raw: [...raw, '-A PREROUTING -p tcp -m tcp ! --dport 22 -j DROP'] };
    const nat = [`${tcp} ! --dport 22 ${redirect}`];
    expect(await asked({}, { ...only, nat })).toEqual(['loopback', 'blocked']);
  });
});

describe('a published port that DOCKER-USER closes', () => {
  const engine = (address = '') =>
    `-A PREROUTING ${address} ! -i docker0 -p tcp -m tcp --dport 11434 -j DNAT --to-destination 172.17.0.2:80`;
  const forward = ['-A FORWARD -p tcp -m conntrack --ctorigdstport 11434 --ctdir ORIGINAL -j DROP'];
  const redirect = `${tcp} --dport 8080 -j REDIRECT --to-ports 11434`;
  const toLoopback = `${tcp} --dport 8080 -j DNAT --to-destination 127.0.0.1:11434`;
  const toContainer = `${tcp} --dport 8080 -j DNAT --to-destination 172.17.0.2:80`;

  test.each<[string, string, readonly string[], string, string]>([
    ['is closed', '0.0.0.0', [engine()], 'containers', 'blocked'],
    ['is open by a redirection', '0.0.0.0', [redirect, engine()], 'any', 'reachable'],
    ['is open by way of loopback', '0.0.0.0', [toLoopback, engine()], 'any', 'reachable'],
    ['is open on loopback itself', '127.0.0.1', [toLoopback, engine('-d 127.0.0.1/32')], 'any', 'reachable'],
    // That is a way to the container's own address, which is another door.
    ['is closed beside the container', '0.0.0.0', [toContainer, engine()], 'containers', 'reachable'],
  ])('%s', async (_, socket, nat, scope, query) => {
    expect(await asked({ socket, docker: true }, { nat, forward })).toEqual([scope, query]);
  });
});
