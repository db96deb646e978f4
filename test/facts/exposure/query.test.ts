import { expect, test } from '@jest/globals';
import { factReader } from '../../../src/engine/fact.ts';
import { networkFact } from '../../../src/facts/exposure/network.ts';
import { answerer } from '../../../src/facts/exposure/query.ts';
import { listenersFact } from '../../../src/facts/listeners/listeners.ts';
import { ipCommands, networkSettings } from '../../harness/ip-commands.ts';
import { memoryHost } from '../../harness/memory-host.ts';

const links = [
  {
    ifname: 'eth0',
    flags: ['UP'],
    link_type: 'ether',
    addr_info: [
      { family: 'inet', local: '192.168.10.5', prefixlen: 24, scope: 'global' },
      { family: 'inet6', local: 'fd10::5', prefixlen: 64, scope: 'global' },
    ],
  },
];

async function ask(settings: { accept_local?: number }, from: string, to: string) {
  const host = await memoryHost({
    commands: [
      {
        argv: ['ss', '-H', '-t', '-u', '-l', '-n', '-p', '-e'],
        stdout: 'tcp LISTEN 0 128 0.0.0.0:80 0.0.0.0:*\ntcp LISTEN 0 128 [::]:80 [::]:* v6only:1\n',
      },
      { argv: ['iptables-save'], stdout: '' },
      { argv: ['ip6tables-save'], stdout: '' },
      { argv: ['nft', '-j', 'list', 'ruleset'], stdout: '{"nftables":[]}' },
      { argv: ['nft', '-a', 'list', 'ruleset'], stdout: '' },
      ...ipCommands(links, [{ dst: 'default', dev: 'eth0' }]),
    ],
    files: {
      ...networkSettings(links, settings),
      '/proc/1/cmdline': 'init\0',
      '/proc/1/status': 'Name:\tinit\nPPid:\t0\nUid:\t0\t0\t0\t0\n',
    },
  });
  const read = factReader(host);
  const [network, listeners] = await Promise.all([read(networkFact), read(listenersFact)]);
  if (network.state === 'unknown' || listeners.state === 'unknown') throw new Error('nothing was read');
  return answerer(network.value, listeners.value)({ from, to, port: 80, proto: 'tcp', interface: 'eth0' });
}

test.each([
  ['somebody else', {}, '192.168.10.9', '192.168.10.5', 'reachable'],
  ['its own address', {}, '192.168.10.5', '192.168.10.5', 'blocked'],
  ['its own address, with accept_local', { accept_local: 1 }, '192.168.10.5', '192.168.10.5', 'reachable'],
  ['its own address of IPv6, which the kernel does not look at', {}, 'fd10::5', 'fd10::5', 'reachable'],
])('a packet over a link from %s', async (_, settings, from, to, verdict) => {
  expect((await ask(settings, from, to)).verdict).toBe(verdict);
});
