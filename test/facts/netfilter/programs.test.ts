import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { factReader } from '../../../src/engine/fact.ts';
import { interfacesFact } from '../../../src/facts/interfaces/interfaces.ts';
import { routingFact } from '../../../src/facts/interfaces/routing.ts';
import { addressOf, spell } from '../../../src/facts/netfilter/addresses.ts';
import type { Netfilter } from '../../../src/facts/netfilter/arrive.ts';
import { arrive } from '../../../src/facts/netfilter/arrive.ts';
import { parseIptablesSave } from '../../../src/facts/netfilter/iptables/save.ts';
import { netfilterOf } from '../../../src/facts/netfilter/machine.ts';
import { parseNft, ruleLines } from '../../../src/facts/netfilter/nft/listing.ts';
import { arriving } from '../../../src/facts/netfilter/packet.ts';
import type { Table } from '../../../src/facts/netfilter/ruleset.ts';
import { networkSettings } from '../../harness/ip-commands.ts';
import { memoryHost } from '../../harness/memory-host.ts';

/*
 * Rules that other programs write, and who gets in by them. Each was composed as the program's source
 * says, loaded into a kernel, and listed by iptables-save 1.8.9, nft 1.0.6 and ip(8):
 *
 * - tailscale.*: github.com/tailscale/tailscale, util/linuxfw/iptables_runner.go at 0002b4115 (AddHooks,
 *   addBase4, addBase6, AddLoopbackRule, AddSNATRule, AddConnmarkSaveRule, AddMagicsockPortRule) and the
 *   routing rules of its router_linux.go (ipRules: 5210 to 5270, table 52). Policies, ESTABLISHED, lo and
 *   port 22 are the owner's own.
 * - netavark.iptables-save: github.com/containers/netavark, src/firewall/varktables/types.rs at 03cb6a5f3.
 * - netavark.nft.*: the same, src/firewall/nft.rs at 00c823457. Two isolated networks besides `podman`.
 * - cni.iptables-save: github.com/containernetworking/plugins, plugins/meta/portmap/portmap_iptables.go at
 *   be65b5b95 and plugins/meta/firewall/iptables.go at 15163349e.
 * - wg-quick.*: github.com/WireGuard/wireguard-tools, src/wg-quick/linux.bash at 03e9f29d1 (add_default),
 *   by nft and by iptables.
 *
 * No interface was of WireGuard: `wg0` and `tailscale0` were tun devices, `eth0` a bridge.
 */

function data(name: string): string {
  return readFileSync(new URL(`data/${name}`, import.meta.url), 'utf8');
}

function saved(text: string, family: 'ip' | 'ip6' = 'ip'): readonly Table[] {
  const read = parseIptablesSave(text, family, 'iptables-save');
  if ('line' in read) throw new Error(read.line);
  return read.tables;
}

function listed(name: string): readonly Table[] {
  const tables = parseNft(data(`${name}.nft.json`), ruleLines(data(`${name}.nft.txt`)), 'nft');
  if (tables === null) throw new Error('not parsed');
  return tables;
}

/** A machine as ip(8) described it in `NAME.ip.json`, with these rules. */
async function machine(name: string, tables: readonly Table[], settings = {}): Promise<Netfilter> {
  const ip = JSON.parse(data(`${name}.ip.json`)) as Readonly<Record<string, readonly object[]>>;
  const host = await memoryHost({
    commands: Object.entries(ip).map(([line, out]) => ({
      argv: line.split(' '),
      stdout: JSON.stringify(out),
    })),
    files: networkSettings(ip['ip -j address'] ?? [], settings),
  });
  const read = factReader(host);
  const [interfaces, routing] = [await read(interfacesFact), await read(routingFact)];
  if (interfaces.state === 'unknown' || routing.state === 'unknown') throw new Error('not read');
  return netfilterOf({ tables, gaps: [] }, interfaces.value, routing.value);
}

/** Where a first packet ends: `drop`, `reject`, `unknown`, or `INTERFACE ADDRESS:PORT` (`-` for this machine). */
function fate(net: Netfilter, way: string, proto: 'tcp' | 'udp' = 'tcp'): string {
  const [name = '', from = '', to = '', port = ''] = way.split(' ');
  const source = addressOf(from);
  const destination = addressOf(to);
  if (source === null || destination === null) throw new Error(way);
  const packet = arriving({ family: source.family, proto, interface: name }, destination.value, Number(port));
  const ends = arrive(net, packet, [{ first: source.value, last: source.value }]).map((part) =>
    part.verdict === 'accept'
      ? `${part.packet.outInterface ?? '-'} ${spell(part.packet.destination, part.packet.family)}:${String(part.packet.port)}`
      : part.verdict,
  );
  return [...new Set(ends)].join(' or ');
}

describe('Tailscale', () => {
  const rules = data('tailscale.iptables-save');
  const six = saved(data('tailscale.ip6tables-save'), 'ip6');
  const plain = machine('tailscale', [...saved(rules), ...six]);

  test.each<[string, string, string]>([
    ['a peer, whatever the port', 'tailscale0 100.80.0.9 100.70.1.2 11434', '- 100.70.1.2:11434'],
    ['a peer, to the address of the LAN', 'tailscale0 100.80.0.9 192.168.1.10 11434', '- 192.168.1.10:11434'],
    ['a peer by IPv6', 'tailscale0 fd7a:115c:a1e0::9 fd7a:115c:a1e0::2 11434', '- fd7a:115c:a1e0::2:11434'],
    ['a peer spoofed on the LAN', 'eth0 100.80.0.9 100.70.1.2 22', 'drop'],
    ['a peer spoofed on the LAN, to its address', 'eth0 100.80.0.9 192.168.1.10 22', 'drop'],
    ['the range of ChromeOS is left to the owner', 'eth0 100.115.92.5 192.168.1.10 22', '- 192.168.1.10:22'],
    ['and refused by him', 'eth0 100.115.92.5 192.168.1.10 11434', 'drop'],
    ['the internet', 'eth0 203.0.113.7 192.168.1.10 11434', 'drop'],
    ['the internet by IPv6', 'eth0 2001:db8:9::7 2001:db8:1::10 11434', 'drop'],
    ['a neighbour, to the address of Tailscale', 'eth0 192.168.1.50 100.70.1.2 11434', 'drop'],
    ['a peer, to the LAN behind', 'tailscale0 100.80.0.9 192.168.1.50 80', 'eth0 192.168.1.50:80'],
    ['a neighbour, to a peer', 'eth0 192.168.1.50 100.80.0.9 80', 'tailscale0 100.80.0.9:80'],
    ['a spoofed peer, to a peer', 'eth0 100.80.0.7 100.80.0.9 80', 'drop'],
    ['a neighbour, to the internet', 'eth0 192.168.1.50 203.0.113.7 80', 'drop'],
  ])('%s: %s', async (_, way, end) => {
    expect(fate(await plain, way)).toBe(end);
  });

  test('its own port is open to everybody', async () => {
    expect(fate(await plain, 'eth0 203.0.113.7 192.168.1.10 41641', 'udp')).toBe('- 192.168.1.10:41641');
    expect(fate(await plain, 'eth0 2001:db8:9::7 2001:db8:1::10 41641', 'udp')).toBe(
      '- 2001:db8:1::10:41641',
    );
  });

  test('stateful filtering keeps neighbours from the peers', async () => {
    const stateful =
      '-A ts-forward -o tailscale0 -m conntrack ! --ctstate RELATED,ESTABLISHED -j DROP\n-A ts-forward -o tailscale0 -j ACCEPT';
    const net = machine('tailscale', saved(rules.replace('-A ts-forward -o tailscale0 -j ACCEPT', stateful)));
    expect(fate(await net, 'eth0 192.168.1.50 100.80.0.9 80')).toBe('drop');
    expect(fate(await net, 'tailscale0 100.80.0.9 192.168.1.50 80')).toBe('eth0 192.168.1.50:80');
  });

  test('with strict reverse path filters, table 52 tells who is believed where', async () => {
    const net = await machine('tailscale', saved(rules.replace(':INPUT DROP', ':INPUT ACCEPT')), {
      rp_filter: 1,
    });
    expect(fate(net, 'tailscale0 100.80.0.9 100.70.1.2 22')).toBe('- 100.70.1.2:22');
    expect(fate(net, 'tailscale0 203.0.113.7 100.70.1.2 22')).toBe('drop');
    expect(fate(net, 'eth0 203.0.113.7 192.168.1.10 22')).toBe('- 192.168.1.10:22');
  });
});

describe.each([
  [
    'iptables',
    true,
    (policy: string) =>
      saved(data('netavark.iptables-save').replace(':FORWARD ACCEPT', `:FORWARD ${policy}`)),
  ],
  [
    'nftables',
    false,
    (policy: string) => [
      ...listed('netavark'),
      ...saved(`*filter\n:INPUT DROP [0:0]\n:FORWARD ${policy} [0:0]\nCOMMIT\n`),
    ],
  ],
])('Podman, netavark by %s', (_, overrules, tables) => {
  const open = machine('netavark', tables('ACCEPT'));
  const closed = machine('netavark', tables('DROP'));

  test.each<[string, string, string, string]>([
    ['a published port', 'eth0 192.168.1.50 192.168.1.10 8080', 'podman0 10.88.0.2:80', 'drop'],
    ['from the internet', 'eth0 203.0.113.7 192.168.1.10 8080', 'podman0 10.88.0.2:80', 'drop'],
    ['by the gateway of the network', 'eth0 192.168.1.50 10.88.0.1 8080', 'podman0 10.88.0.2:80', 'drop'],
    ['published on loopback alone', 'eth0 192.168.1.50 192.168.1.10 5432', 'drop', 'drop'],
    ['loopback spoofed on the link', 'eth0 192.168.1.50 127.0.0.1 5432', 'podman0 10.88.0.2:5432', 'drop'],
    ['an unpublished port', 'eth0 192.168.1.50 192.168.1.10 81', 'drop', 'drop'],
    ['the container itself, unpublished', 'eth0 192.168.1.50 10.88.0.2 81', 'podman0 10.88.0.2:81', 'drop'],
    ['an isolated network, to another', 'podman1 10.89.0.2 10.90.0.2 80', 'drop', 'drop'],
  ])('%s: %s', async (_name, way, whereOpen, whereClosed) => {
    expect([fate(await open, way), fate(await closed, way)]).toEqual([whereOpen, whereClosed]);
  });

  // To nftables, an accept of netavark's table is no word against the drop of another.
  test.each<[string, string, string]>([
    ['to the internet', 'podman0 10.88.0.2 203.0.113.7 443', 'eth0 203.0.113.7:443'],
    ['to the published port', 'podman0 10.88.0.3 192.168.1.10 8080', 'podman0 10.88.0.2:80'],
    ['isolated, to the internet', 'podman1 10.89.0.2 203.0.113.7 443', 'eth0 203.0.113.7:443'],
    ['isolated, to a network that is not', 'podman1 10.89.0.2 10.88.0.2 81', 'podman0 10.88.0.2:81'],
  ])('a container, %s: %s', async (_name, way, end) => {
    expect([fate(await open, way), fate(await closed, way)]).toEqual([end, overrules ? end : 'drop']);
  });

  test('a range of ports keeps its order', async () => {
    expect(fate(await open, 'eth0 192.168.1.50 192.168.1.10 9001', 'udp')).toBe('podman0 10.88.0.2:7001');
    expect(fate(await open, 'eth0 192.168.1.50 192.168.1.10 9003', 'udp')).toBe('drop');
  });
});

describe('CNI', () => {
  const rules = data('cni.iptables-save');
  const open = machine('cni', saved(rules));
  const closed = machine('cni', saved(rules.replace(':FORWARD ACCEPT', ':FORWARD DROP')));

  test.each<[string, string, string, string]>([
    ['a host port', 'eth0 192.168.1.50 192.168.1.10 8080', 'cni0 10.22.0.2:80', 'drop'],
    ['a host port of one address', 'eth0 192.168.1.50 192.168.0.2 8083', 'cni0 10.22.0.2:83', 'drop'],
    ['by another address', 'eth0 192.168.1.50 192.168.1.10 8083', 'drop', 'drop'],
    ['no host port', 'eth0 192.168.1.50 192.168.1.10 8081', 'drop', 'drop'],
    ['the container itself', 'eth0 192.168.1.50 10.22.0.2 9', 'cni0 10.22.0.2:9', 'drop'],
    [
      'the container, back by the host port',
      'cni0 10.22.0.2 192.168.1.10 8080',
      'cni0 10.22.0.2:80',
      'cni0 10.22.0.2:80',
    ],
    [
      'a container that the plugin does not know',
      'cni0 10.22.0.9 203.0.113.7 80',
      'eth0 203.0.113.7:80',
      'drop',
    ],
  ])('%s: %s', async (_, way, whereOpen, whereClosed) => {
    expect([fate(await open, way), fate(await closed, way)]).toEqual([whereOpen, whereClosed]);
  });

  test('UDP has its own', async () => {
    expect(fate(await open, 'eth0 192.168.1.50 192.168.1.10 8080', 'udp')).toBe('cni0 10.22.0.2:81');
  });
});

describe.each([
  ['nft', () => listed('wg-quick')],
  ['iptables', () => saved(data('wg-quick.iptables-save'))],
])('wg-quick, by %s', (_, tables) => {
  const loose = machine('wg-quick', tables());
  const strict = machine('wg-quick', tables(), { rp_filter: 1 });

  test.each<[string, string, string, string]>([
    ['its address, through the tunnel', 'wg0 203.0.113.7 10.8.0.2 22', '- 10.8.0.2:22', '- 10.8.0.2:22'],
    ['its address, from a neighbour', 'eth0 192.168.1.50 10.8.0.2 22', 'drop', 'drop'],
    ['its address, from the internet', 'eth0 203.0.113.7 10.8.0.2 22', 'drop', 'drop'],
    ['its address, from itself', 'lo 192.168.1.10 10.8.0.2 22', '- 10.8.0.2:22', '- 10.8.0.2:22'],
    [
      'another address, from a neighbour',
      'eth0 192.168.1.50 192.168.1.10 22',
      '- 192.168.1.10:22',
      '- 192.168.1.10:22',
    ],
    // All but the neighbours is routed back into the tunnel.
    ['another address, from the internet', 'eth0 203.0.113.7 192.168.1.10 22', '- 192.168.1.10:22', 'drop'],
    [
      'through the machine, to the internet',
      'eth0 192.168.1.50 203.0.113.7 80',
      'wg0 203.0.113.7:80',
      'wg0 203.0.113.7:80',
    ],
    [
      'through the machine, to a neighbour',
      'wg0 203.0.113.7 192.168.1.50 80',
      'eth0 192.168.1.50:80',
      'eth0 192.168.1.50:80',
    ],
  ])('%s: %s', async (_name, way, whereLoose, whereStrict) => {
    expect([fate(await loose, way), fate(await strict, way)]).toEqual([whereLoose, whereStrict]);
  });

  test('a first packet of UDP carries no mark of the connection', async () => {
    expect(fate(await loose, 'eth0 192.168.1.50 203.0.113.7 53', 'udp')).toBe('wg0 203.0.113.7:53');
  });
});
