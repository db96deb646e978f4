/** An interface takes packets whose sender could not be behind it. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass } from '../../engine/check.ts';
import type { ReversePath } from '../../facts/sysctl/reverse-path.ts';
import { reversePathFact } from '../../facts/sysctl/reverse-path.ts';

const messages = {
  off: 'Interface {interface} does not filter by reverse path (rp_filter {value}): packets with a forged sender are taken.',
  loose:
    'Interface {interface} filters by reverse path loosely (rp_filter 2), and neither Docker nor a VPN here needs that.',
};

/** Interfaces of container engines, bridges for machines, and VPNs, whose traffic may take two ways. */
const asymmetric =
  /^(?:docker|br-|veth|cni|flannel|cali|podman|virbr|lxc|incus|wg|tun|tap|tailscale|zt|nebula|ppp|nb-)/;

export const reversePathFilter = defineCheck({
  id: 'reverse-path-filter',
  needs: { interfaces: reversePathFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ interfaces }) => {
    if (interfaces.length === 0) return [notApplicable('there is no interface but the loopback')];
    const loosePasses = interfaces.some((each) => asymmetric.test(each.interface));
    return interfaces
      .filter((each) => !each.interface.startsWith('veth'))
      .map((each) => judge(each, loosePasses));
  },
});

function judge(each: ReversePath, loosePasses: boolean): Verdict<typeof messages> {
  const citation = { source: each.source, line: 1, excerpt: String(each.value) };
  if (each.value === 1 || (each.value === 2 && loosePasses)) return pass(each.interface, citation);
  const data = {
    interface: each.interface,
    value: each.value,
    key: 'net.ipv4.conf.all.rp_filter',
    recommended: loosePasses ? 2 : 1,
  };
  const message = each.value === 2 ? 'loose' : 'off';
  return { outcome: 'fail', message, subject: each.interface, data, evidence: [citation] };
}
