import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { factReader } from '../../../src/engine/fact.ts';
import { interfacesFact } from '../../../src/facts/interfaces/interfaces.ts';
import { memoryHost } from '../../harness/memory-host.ts';

const links = [
  {
    ifname: 'lo',
    flags: ['LOOPBACK', 'UP'],
    link_type: 'loopback',
    addr_info: [{ family: 'inet', local: '127.0.0.1', prefixlen: 8, scope: 'host' }],
  },
  {
    ifname: 'eth0',
    flags: ['BROADCAST', 'UP'],
    link_type: 'ether',
    addr_info: [
      { family: 'inet', local: '10.77.0.2', prefixlen: 24, scope: 'global' },
      { family: 'inet6', local: 'fe80::1', prefixlen: 64, scope: 'link' },
    ],
  },
  { ifname: 'docker0', flags: ['UP'], link_type: 'ether', addr_info: [] },
  { ifname: 'tailscale0', flags: ['UP'], link_type: 'none', addr_info: [] },
];

async function gather(stdout: string, files: Readonly<Record<string, string>> = {}, withIp = true) {
  const commands = [
    { argv: ['ip', '-j', 'address'], stdout },
    {
      argv: ['ip', '-j', 'route'],
      stdout: '[{"dst":"default","gateway":"10.77.0.1","dev":"eth0","flags":[]}]',
    },
    { argv: ['ip', '-j', '-6', 'route'], stdout: '' },
  ];
  return factReader(await memoryHost({ files, commands: withIp ? commands : [] }))(interfacesFact);
}

test('names, kinds, addresses and the default route from ip', async () => {
  const evidence = await gather(JSON.stringify(links));
  expect(evidence).toMatchObject({
    value: [
      { name: 'lo', kind: 'loopback', defaultRoute: false },
      {
        name: 'eth0',
        kind: 'link',
        up: true,
        defaultRoute: true,
        addresses: [
          { family: 'ip', address: '10.77.0.2', prefix: 24, scope: 'global' },
          { family: 'ip6', address: 'fe80::1', scope: 'link' },
        ],
      },
      { name: 'docker0', kind: 'containers' },
      { name: 'tailscale0', kind: 'vpn' },
    ],
  });
});

const proc = {
  '/proc/net/dev': 'Inter-|   Receive\n face |bytes\n    lo: 1 2\n  eth0: 3 4\n',
  '/proc/net/route':
    'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\neth0\t00000000\t01004D0A\t0003\t0\t0\t0\t00000000\neth0\t00004D0A\t00000000\t0001\t0\t0\t0\t00FFFFFF\n',
  '/proc/net/fib_trie':
    'Main:\n  +-- 0.0.0.0/0 3 0 5\n           |-- 10.77.0.2\n              /32 host LOCAL\n           |-- 127.0.0.1\n              /32 host LOCAL\n',
  '/proc/net/if_inet6': '20010db8000000000000000000000001 02 40 00 80     eth0\n',
};

test('the same from /proc without ip', async () => {
  expect(await gather('', proc, false)).toMatchObject({
    value: [
      { name: 'lo', kind: 'loopback' },
      {
        name: 'eth0',
        up: true,
        defaultRoute: true,
        addresses: [
          { address: '10.77.0.2', prefix: 24 },
          { family: 'ip6', address: '2001:db8::1', prefix: 64, scope: 'global' },
        ],
      },
    ],
  });
});

test('what is not JSON is unknown, and so is nothing at all', async () => {
  expect(await gather('boo')).toMatchObject({ state: 'unknown', why: 'unparsable' });
  expect(await gather('', {}, false)).toMatchObject({ state: 'unknown' });
});

test('any bytes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
      expect(await gather(text)).toHaveProperty('state');
      const files = Object.fromEntries(Object.keys(proc).map((path) => [path, text]));
      expect(await gather('', files, false)).not.toMatchObject({ why: 'bug' });
    }),
  );
});
