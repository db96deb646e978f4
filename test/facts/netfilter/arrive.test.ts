import { expect, test } from '@jest/globals';
import { addressOf, everyAddress } from '../../../src/facts/netfilter/addresses.ts';
import { arrive } from '../../../src/facts/netfilter/arrive.ts';
import { parseIptablesSave } from '../../../src/facts/netfilter/iptables/save.ts';
import { netfilterOf, routingOf } from '../../../src/facts/netfilter/machine.ts';
import { arriving } from '../../../src/facts/netfilter/packet.ts';
import { eth0 } from '../../harness/firewall.ts';

/** A machine that forwards no IPv6, and sends port 8080 of its own to another. */
function verdict(to: string, forwarding6: boolean): readonly string[] {
  const address = (local: string) =>
    ({ family: 'ip6', address: local, prefix: 64, scope: 'global' }) as const;
  const interfaces = [
    { ...eth0, name: 'br0', defaultRoute: false, addresses: [address('fd20::1')] },
    { ...eth0, addresses: [address('fd55::2')] },
  ];
  const text = `*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp -m tcp --dport 8080 -j DNAT --to-destination [${to}]:80\nCOMMIT\n`;
  const saved = parseIptablesSave(text, 'ip6', 'ip6tables-save');
  if ('line' in saved) throw new Error(saved.line);
  const routing = { ...routingOf(interfaces), forwarding6 };
  const net = netfilterOf({ tables: saved.tables, gaps: [] }, interfaces, routing);
  const packet = arriving(
    { family: 'ip6', proto: 'tcp', interface: 'br0' },
    addressOf('fd55::2')?.value ?? 0n,
    8080,
  );
  return [...new Set(arrive(net, packet, everyAddress('ip6')).map((part) => part.verdict))];
}

test.each([
  ['fd20::2', true, ['accept']],
  // br_netfilter bridges it back, and asks for no forwarding.
  ['fd20::2', false, ['unknown']],
  ['fd55::9', true, ['accept']],
  ['fd55::9', false, []],
])('translated to %s where forwarding is %s', (to, forwarding6, expected) => {
  expect(verdict(to, forwarding6).filter((one) => one !== 'drop')).toEqual(expected);
});

test('NAT that changes nothing is not DNAT to conntrack, and is not asked twice', () => {
  const text = [
    '*nat',
    ':PREROUTING ACCEPT [0:0]',
    '-A PREROUTING -p tcp -j DNAT --to-destination 10.0.0.2:80',
    'COMMIT',
    '*filter',
    ':INPUT ACCEPT [0:0]',
    '-A INPUT -m conntrack --ctstate DNAT -j DROP',
    'COMMIT',
    '',
  ].join('\n');
  const saved = parseIptablesSave(text, 'ip', 'iptables-save');
  if ('line' in saved) throw new Error(saved.line);
  const net = netfilterOf({ tables: saved.tables, gaps: [] }, [eth0]);
  const to = addressOf('10.0.0.2')?.value ?? 0n;
  const verdictOf = (port: number) =>
    arrive(net, arriving({ family: 'ip', proto: 'tcp', interface: 'eth0' }, to, port), [
      { first: 0x0a000005n, last: 0x0a000005n },
    ]).map((part) => part.verdict);
  expect(verdictOf(80)).toEqual(['accept']);
  expect(verdictOf(8080)).toEqual(['drop']);
});
