import fc from 'fast-check';
import { engine } from './docker-engine.ts';
import { docker20, docker28 } from './docker-iptables.ts';
import { docker29 } from './docker-nftables.ts';
import type { Topology } from './topology.ts';

const writers = { '20.10': docker20, '28': docker28, '29 with nftables': docker29 } as const;

/** As JSON: the version, whether it has its proxy, and what it wrote for IPv4 and IPv6. */
interface Written {
  readonly version: keyof typeof writers;
  readonly hairpin: boolean;
  readonly ip: string;
  readonly ip6: string;
}

export const dockerRules: fc.Arbitrary<string> = fc
  .record({
    version: fc.constantFrom<Written['version'][]>('20.10', '28', '29 with nftables'),
    ip: engine('ip'),
    ip6: engine('ip6'),
  })
  .map(({ version, ip, ip6 }) => {
    const write = writers[version];
    // One switch for the whole engine.
    const { proxy } = ip;
    const written: Written = {
      version,
      hairpin: !proxy,
      ip: write('ip', ip),
      ip6: write('ip6', { ...ip6, proxy }),
    };
    return JSON.stringify(written);
  });

export async function loadDocker(topology: Topology, rules: string): Promise<void> {
  const { version, hairpin, ip, ip6 } = JSON.parse(rules) as Written;
  // As the engine sets it where it runs without its proxy.
  await topology.server([
    'ip',
    'link',
    'set',
    'veth0',
    'type',
    'bridge_slave',
    'hairpin',
    hairpin ? 'on' : 'off',
  ]);
  // Whatever it was before, the engine turns it on.
  if (hairpin) await topology.server(['sysctl', '-qw', 'net.ipv4.ip_forward=1']);
  await topology.server(['nft', 'flush', 'ruleset']);
  if (version === '29 with nftables') {
    await topology.server(['nft', '-f', '-'], `${ip}\n${ip6}`);
    return;
  }
  await topology.server(['iptables-restore'], ip);
  await topology.server(['ip6tables-restore'], ip6);
}
