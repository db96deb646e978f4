import { describe, expect, test } from '@jest/globals';
import { factReader } from '../../../src/engine/fact.ts';
import { routingFact } from '../../../src/facts/interfaces/routing.ts';
import { addressOf } from '../../../src/facts/netfilter/addresses.ts';
import { hopsTo } from '../../../src/facts/netfilter/routing.ts';
import { ipCommands, networkSettings } from '../../harness/ip-commands.ts';
import type { MemoryHost } from '../../harness/memory-host.ts';
import { memoryHost } from '../../harness/memory-host.ts';

const links = [
  {
    ifname: 'eth0',
    flags: ['UP'],
    addr_info: [{ family: 'inet', local: '192.168.1.10', prefixlen: 24, scope: 'global' }],
  },
];
const init = { '/proc/1/cmdline': 'init\0', '/proc/1/status': 'Name:\tinit\nPPid:\t0\nUid:\t0\t0\t0\t0\n' };

async function routing(has: MemoryHost) {
  const evidence = await factReader(await memoryHost(has))(routingFact);
  if (evidence.state === 'unknown') throw new Error(evidence.detail);
  return evidence;
}

async function hops(routes: readonly object[], to: string) {
  const { value } = await routing({
    commands: ipCommands(links, routes),
    files: { ...init, ...networkSettings(links) },
  });
  return hopsTo(value, 'ip', addressOf(to)?.value ?? 0n, { mark: 0, interface: 'eth0' });
}

describe('routes of the kernel', () => {
  test.each([
    ['192.168.1.10', [{ type: 'local', device: 'eth0' }]],
    ['192.168.1.77', [{ type: 'unicast', device: 'eth0' }]],
    ['203.0.113.7', [{ type: 'unreachable', device: null }]],
  ])('%s', async (to, expected) => {
    expect(await hops([], to)).toMatchObject(expected);
  });

  test('a default route of IPv6 is none of IPv4, though ip lists them together', async () => {
    const both = [
      { dst: 'default', dev: 'he6', metric: 50, pref: 'medium' },
      { dst: 'default', dev: 'eth0', metric: 100 },
    ];
    expect(await hops(both, '203.0.113.7')).toMatchObject([{ type: 'unicast', device: 'eth0' }]);
  });

  test('the longest prefix counts, then the metric; a blackhole leads nowhere', async () => {
    const routes = [
      { dst: 'default', dev: 'eth0' },
      { dst: '10.0.0.0/8', dev: 'wg0', metric: 5 },
      { dst: '10.0.0.0/8', dev: 'eth1', metric: 1 },
      { type: 'blackhole', dst: '10.9.0.0/16' },
    ];
    expect(await hops(routes, '10.1.1.1')).toMatchObject([{ type: 'unicast', device: 'eth1' }]);
    expect(await hops(routes, '10.9.1.1')).toMatchObject([{ type: 'blackhole', device: null }]);
  });

  test('without ip the routes beyond its own networks are not known, and that is said', async () => {
    const [address] = ipCommands(links);
    const evidence = await routing({
      commands: [address, ...ipCommands(links).slice(1, 3)].filter((one) => one !== undefined),
      files: { ...init, ...networkSettings(links) },
    });
    expect(evidence.gaps).toEqual([expect.stringContaining('routes were not seen')]);
    const to = addressOf('203.0.113.7')?.value ?? 0n;
    expect(hopsTo(evidence.value, 'ip', to, { mark: 0, interface: 'eth0' })).toEqual([]);
  });

  test('what an interface believes is the greater of its own and of all', async () => {
    const files = {
      ...init,
      ...networkSettings(links, { rp_filter: 1, route_localnet: 1 }),
      '/proc/sys/net/ipv4/conf/all/rp_filter': '2\n',
    };
    const { value } = await routing({ commands: ipCommands(links), files });
    expect(value.settings.get('eth0')).toEqual({
      forwarding: true,
      routeLocalnet: true,
      reversePathFilter: 2,
      acceptLocal: false,
    });
  });

  test.each([
    ['of its own', { eth0: '1', all: '0' }, true],
    ['of all', { eth0: '0', all: '1' }, true],
    ['of none', { eth0: '0', all: '0' }, false],
    // What was not read keeps nobody out.
    ['that was not read', { eth0: '0', all: 'x' }, true],
  ])('accept_local %s', async (_, { eth0, all }, accepted) => {
    const files = {
      ...init,
      ...networkSettings(links),
      '/proc/sys/net/ipv4/conf/all/accept_local': all,
      '/proc/sys/net/ipv4/conf/eth0/accept_local': eth0,
    };
    const { value } = await routing({ commands: ipCommands(links), files });
    expect(value.settings.get('eth0')?.acceptLocal).toBe(accepted);
  });
});
