import { describe, expect, test } from '@jest/globals';
import { factReader } from '../../../src/engine/fact.ts';
import type { Exposure } from '../../../src/engine/report.ts';
import { exposureFact } from '../../../src/facts/exposure/exposure.ts';
import { mainDefault } from '../../../src/facts/firewall/inbound-default.ts';
import { eth0, filterTable, rulesetOf } from '../../harness/firewall.ts';
import { ipCommands, networkSettings } from '../../harness/ip-commands.ts';
import { memoryHost } from '../../harness/memory-host.ts';

interface Address {
  readonly local: string;
  readonly prefixlen: number;
  readonly family?: string;
}

const link = (ifname: string, addresses: readonly Address[], more: object = {}) => ({
  ifname,
  flags: ['UP'],
  link_type: 'ether',
  addr_info: addresses.map((address) => ({ family: 'inet', scope: 'global', ...address })),
  ...more,
});
const home = link('eth0', [{ local: '192.168.10.5', prefixlen: 24 }]);
const through = (dev: string) => [{ dst: 'default', dev }];

interface Box {
  readonly links?: readonly object[];
  readonly routes?: readonly object[];
  readonly filter?: string;
  readonly socket?: string;
  /** Further commands and files in place of ip(8). */
  readonly proc?: Readonly<Record<string, string>>;
  readonly nft?: string;
}

async function exposed(box: Box): Promise<Exposure> {
  const { links = [home], routes = through('eth0'), filter = '', socket = '0.0.0.0:11434' } = box;
  const ip = ipCommands(links, routes);
  const nft = [
    { argv: ['nft', '-j', 'list', 'ruleset'], stdout: box.nft ?? '{"nftables":[]}' },
    { argv: ['nft', '-a', 'list', 'ruleset'], stdout: '' },
  ];
  const host = await memoryHost({
    commands: [
      {
        argv: ['ss', '-H', '-t', '-u', '-l', '-n', '-p', '-e'],
        stdout: `tcp LISTEN 0 128 ${socket} 0.0.0.0:*\n`,
      },
      { argv: ['iptables-save'], stdout: filter },
      { argv: ['ip6tables-save'], stdout: '' },
      ...nft,
      ...(box.proc === undefined ? ip : []),
    ],
    files: {
      ...(box.proc === undefined ? networkSettings(links) : {}),
      '/proc/1/cmdline': 'init\0',
      '/proc/1/status': 'Name:\tinit\nPPid:\t0\nUid:\t0\t0\t0\t0\n',
      ...box.proc,
    },
  });
  const evidence = await factReader(host)(exposureFact);
  const [only] = evidence.state === 'known' ? evidence.value : [];
  if (only === undefined) throw new Error('nothing listens');
  return only;
}

const tables = (policy: string, rules: readonly string[], nat: readonly string[] = []) =>
  ['*filter', `:INPUT ${policy} [0:0]`, ':FORWARD DROP [0:0]', ...rules, 'COMMIT']
    .concat('*nat', ':PREROUTING ACCEPT [0:0]', ':OUTPUT ACCEPT [0:0]', ':LATER - [0:0]', ...nat, 'COMMIT')
    .join('\n') + '\n';
const port = '-p tcp -m tcp --dport 11434';

describe('an interface by the name of a VPN', () => {
  const ppp = (local: string) =>
    link('ppp0', [{ local, prefixlen: 32 }], { link_type: 'ppp', flags: ['POINTOPOINT', 'UP'] });
  const filter = tables('DROP', ['-A INPUT -i ppp0 -j ACCEPT']);

  test.each([
    ['with the default route', '203.0.113.7', 'ppp0', 'any'],
    ['with the default route behind a carrier NAT', '100.64.3.7', 'ppp0', 'any'],
    ['with a public address', '203.0.113.7', 'eth0', 'any'],
    ['with neither', '10.8.0.1', 'eth0', 'vpn'],
  ])('%s', async (_, local, device, scope) => {
    const box = { links: [home, ppp(local)], routes: through(device), filter };
    expect(await exposed(box)).toMatchObject({ scope });
  });

  test('is asked for the default of the machine', () => {
    const addresses = [{ family: 'ip', address: '203.0.113.7', prefix: 32, scope: 'global' }] as const;
    const ppp0 = { name: 'ppp0', kind: 'vpn', up: true, port: false, addresses, defaultRoute: true } as const;
    const open = filterTable('ip', 'DROP', ['-i ppp0 -j ACCEPT']);
    expect(mainDefault(rulesetOf(open), [eth0, ppp0])).toMatchObject({
      interface: 'ppp0',
      decision: { mostly: 'accept' },
    });
  });

  test('another machine of the VPN is let in by its own address', async () => {
    const tailscale = link('tailscale0', [{ local: '100.70.1.2', prefixlen: 32 }], { link_type: 'none' });
    const one = tables('DROP', [`-A INPUT -i tailscale0 -s 100.80.0.9/32 ${port} -j ACCEPT`]);
    expect(await exposed({ links: [home, tailscale], filter: one })).toMatchObject({
      scope: 'vpn',
      reachableFrom: [{ interface: 'tailscale0', sources: ['100.80.0.9/32'] }],
    });
  });
});

describe('private networks beyond the own one', () => {
  const from = (...sources: string[]) => sources.map((one) => `-A INPUT -s ${one} ${port} -j ACCEPT`);
  const everyone = ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16'];

  test.each([
    [from('192.168.20.0/24'), ['192.168.20.0/24']],
    [from('10.0.0.0/8', '192.168.10.0/24'), ['192.168.10.0/24', '10.0.0.0/8']],
    [from(...everyone), everyone],
    [from('10.0.0.0/9'), ['10.0.0.0/9']],
    [[`-A INPUT -s 10.0.0.66/32 -j DROP`, ...from('10.0.0.0/8')], ['10.0.0.0/8 except 10.0.0.66/32']],
    [
      [`-A INPUT -s 192.168.10.66/32 -j DROP`, ...from('192.168.10.0/24')],
      ['192.168.10.0/24 except 192.168.10.66/32'],
    ],
  ])('%j', async (rules, sources) => {
    expect(await exposed({ filter: tables('DROP', rules) })).toMatchObject({
      scope: 'lan',
      reachableFrom: [{ interface: 'eth0', sources }],
    });
  });

  test('are not listed beside everybody', async () => {
    expect(await exposed({ filter: tables('ACCEPT', []) })).toMatchObject({
      scope: 'any',
      reachableFrom: [{ interface: 'eth0', sources: ['192.168.10.0/24', '0.0.0.0/0'] }],
    });
  });
});

describe('a destination that NAT changes', () => {
  const to = '-j DNAT --to-destination 192.168.10.9:11434';
  test.each([
    ['for one source', [`-A PREROUTING -s 192.168.10.77/32 ${port} ${to}`], 'any'],
    ['for what this machine itself sends', [`-A OUTPUT ${port} ${to}`], 'any'],
    ['in a chain that nothing calls', [`-A LATER ${port} ${to}`], 'any'],
    ['in a chain that is called', ['-A PREROUTING -j LATER', `-A LATER ${port} ${to}`], 'loopback'],
    ['for everybody', [`-A PREROUTING ${port} ${to}`], 'loopback'],
    ['behind an accept', ['-A PREROUTING -j ACCEPT', `-A PREROUTING ${port} ${to}`], 'any'],
    ['for whom nobody knows', [`-A PREROUTING ${port} -m bpf --bytecode x ${to}`], 'unknown'],
    [
      'for the internet alone',
      [`-A PREROUTING -s 192.168.0.0/16 -j ACCEPT`, `-A PREROUTING ${port} ${to}`],
      'lan',
    ],
  ])('%s', async (_, nat, scope) => {
    expect(await exposed({ filter: tables('ACCEPT', [], nat) })).toMatchObject({ scope });
  });
});

test('NAT chains that call each other without end', async () => {
  const chains = Array.from({ length: 60 }, (_, at) => `N${String(at)}`);
  const nat = [
    ...chains.map((name) => `:${name} - [0:0]`),
    '-A PREROUTING -j N0',
    ...chains.flatMap((name, at) => [1, 2].map(() => `-A ${name} -j N${String((at + 1) % 60)}`)),
  ];
  expect(await exposed({ filter: tables('ACCEPT', [], nat) })).toMatchObject({ scope: 'unknown' });
});

describe('addresses that no interface answers for', () => {
  const down = link('eth1', [{ local: '10.9.0.1', prefixlen: 24 }], { flags: [] });
  test.each([
    ['a virtual address', { socket: '198.51.100.9:11434' }, 'unknown', 'no interface has 198.51.100.9'],
    ['of an interface that is down', { socket: '10.9.0.1:11434', links: [home, down] }, 'unknown', 'eth1'],
    ['on a device that is not there', { socket: '0.0.0.0%eth7:11434' }, 'unknown', 'eth7'],
    ['on a machine without a network', { links: [down] }, 'unknown', 'no interface'],
    ['on the loopback device', { socket: '0.0.0.0%lo:11434' }, 'loopback', undefined],
  ])('%s', async (_, box, scope, why) => {
    const found = await exposed(box);
    expect(found).toMatchObject({ scope });
    if (why !== undefined) expect(found.path.at(-1)).toContain(why);
  });
});

test('a cloud address of /32, read from /proc', async () => {
  const proc = {
    '/proc/net/dev': 'Inter-|\n face |\n    lo: 0\n  eth0: 0\n',
    '/proc/net/route':
      'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\neth0\t00000000\tFE01A8C0\t0003\t0\t0\t0\t00000000\n',
    '/proc/net/fib_trie': 'Local:\n     |-- 203.0.113.7\n        /32 host LOCAL\n',
    '/proc/net/if_inet6': '',
  };
  expect(await exposed({ proc })).toMatchObject({ scope: 'any' });
});

test('no rule at all is said in words', async () => {
  expect((await exposed({})).path).toEqual(['no rule filters it']);
});

test.each([{ flags: ['dormant'] }, { flags: 'dormant' }])(
  'a dormant table filters nothing: %j',
  async (flags) => {
    const place = { family: 'inet', table: 'fw' };
    const chain = { ...place, name: 'input', type: 'filter', hook: 'input', prio: 0, policy: 'drop' };
    const nft = JSON.stringify({
      nftables: [{ table: { family: 'inet', name: 'fw', ...flags } }, { chain }],
    });
    expect(await exposed({ nft })).toMatchObject({ scope: 'any' });
  },
);
