/** The kernel forwards packets between networks, and nothing on this machine needs it to. */
import * as z from 'zod';
import { defineCheck, notApplicable, pass, theHost, undetermined } from '../../engine/check.ts';
import { firewallFact } from '../../facts/firewall/firewall.ts';
import type { Ruleset } from '../../facts/netfilter/ruleset.ts';
import type { Interface } from '../../facts/interfaces/interface.ts';
import { interfacesFact } from '../../facts/interfaces/interfaces.ts';
import { processesFact } from '../../facts/processes.ts';
import { runningSysctlFact } from '../../facts/sysctl/running.ts';

const messages = {
  unneeded:
    '{key} is 1, and no container engine, VPN or router role explains it: this machine passes packets on for others.',
};

const keys = ['net.ipv4.ip_forward', 'net.ipv6.conf.all.forwarding'] as const;

/** Programs that need forwarding, by the kernel's name for them. */
const needing = new Set(
  `dockerd containerd podman conmon kubelet k3s-server k3s-agent crio cri-dockerd lxd incusd libvirtd virtqemud
  virtnetworkd systemd-nspawn openvpn tailscaled charon pluto zerotier-one nebula netbird bird zebra frr ospfd
  bgpd radvd hostapd pppd`.split(/\s+/),
);

export const ipForwarding = defineCheck({
  id: 'ip-forwarding',
  needs: { running: runningSysctlFact, processes: processesFact, interfaces: interfacesFact },
  optional: { ruleset: firewallFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ running, processes, interfaces, ruleset }) => {
    const on = keys.filter((key) => running[key].state === 'known' && running[key].value === '1');
    const unread = keys.map((key) => running[key]).find(({ state }) => state === 'unknown');
    if (on.length === 0) {
      if (unread?.state === 'unknown') return [undetermined(unread.detail)];
      return [pass(theHost, { source: '/proc/sys/net/ipv4/ip_forward', line: 1, excerpt: '0' })];
    }
    const program = processes.find(({ name }) => needing.has(name));
    if (program !== undefined) return [notApplicable(`${program.name} needs forwarding`)];
    const link = interfaces.find(({ kind }) => kind === 'containers' || kind === 'vpn');
    if (link !== undefined) return [notApplicable(`${link.name} needs forwarding`)];
    if (linksOf(interfaces).length > 1 || ruleset.state === 'unknown') {
      if (ruleset.state === 'unknown')
        return [undetermined(`whether it is a router is not known: ${ruleset.detail}`)];
      if (routes(ruleset.value)) return [notApplicable('it routes between its networks')];
    }
    return on.map((key) => {
      const evidence = [{ source: `/proc/sys/${key.replaceAll('.', '/')}`, line: 1, excerpt: '1' }];
      return { outcome: 'fail', message: 'unneeded', subject: key, data: { key }, evidence } as const;
    });
  },
});

function linksOf(interfaces: readonly Interface[]): readonly Interface[] {
  return interfaces.filter(({ kind, addresses }) => kind === 'link' && addresses.length > 0);
}

/** Rules that only a router has: NAT of what leaves, or a forward chain that lets something through. */
function routes({ tables }: Ruleset): boolean {
  const chains = tables.flatMap((table) => [...table.chains.values()]);
  return chains.some(({ base, rules }) =>
    base?.hook === 'postrouting'
      ? rules.some(({ text }) => /masquerade|snat/i.test(text))
      : base?.hook === 'forward' && rules.some(({ target }) => target.kind === 'accept'),
  );
}
