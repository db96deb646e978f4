/** A firewall rule means to close a container's port, and packets for that port never meet it. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import type { Exposure } from '../../facts/exposure/exposure.ts';
import { exposureFact } from '../../facts/exposure/exposure.ts';
import { closingOf, stopgapsFact } from '../../facts/exposure/stopgaps.ts';
import { admittedSources } from '../../facts/exposure/admitted.ts';
import { citationsOf, doubtOf } from '../../facts/exposure/cite.ts';
import { isLoopback } from '../../facts/exposure/socket-address.ts';
import { firewallFact } from '../../facts/firewall/firewall.ts';
import { closingRules } from '../../facts/firewall/closing-rules.ts';
import type { ClosingRule } from '../../facts/firewall/closing-rules.ts';
import { intersect } from '../../facts/netfilter/addresses.ts';
import type { Publish } from '../../facts/workloads/workload.ts';
import { workloadsFact } from '../../facts/workloads/workloads.ts';

const messages = {
  input:
    '`{rule}` means to close port {port}, and container {name} answers there all the same: its packets are forwarded and never come past this rule.',
  translated:
    '`{rule}` means to close port {port} of container {name}: there the port is translated to {inside} already, and the rule meets nothing.',
  dead: '`{rule}` means to close port {port} of container {name}: `{before}` ends the chain before it.',
  late: '`{rule}` means to close port {port} of container {name}, which the engine’s own rules have accepted before it is asked.',
};

export const ruleIneffective = defineCheck({
  id: 'rule-ineffective',
  needs: { exposures: exposureFact, ruleset: firewallFact, workloads: workloadsFact },
  optional: { stopgaps: stopgapsFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ exposures, ruleset, workloads, stopgaps }) => {
    const published = exposures.filter(
      ({ kind, address, scope }) => kind === 'published' && scope !== 'loopback' && !isLoopback(address),
    );
    if (published.length === 0) return [notApplicable('no container port is reachable from outside')];
    const rules = closingRules(ruleset);
    return published.map((exposure): Verdict<typeof messages> => {
      const subject = `container ${exposure.workload ?? ''} on port ${String(exposure.port)}/${exposure.proto}`;
      if (exposure.scope === 'unknown') {
        return { ...undetermined(doubtOf(exposure), subject), evidence: citationsOf(exposure) };
      }
      const publish = workloads
        .find(({ name }) => name === exposure.workload)
        ?.publishes.find(({ proto, hostPort }) => proto === exposure.proto && hostPort === exposure.port);
      const rule = publish && rules.find((each) => meansToClose(each, exposure, publish));
      if (publish === undefined || rule === undefined) return pass(subject);
      const data = {
        ...{ rule: rule.rule.text, before: rule.before ?? '', name: exposure.workload ?? '' },
        ...{ port: exposure.port, inside: publish.containerPort, proto: exposure.proto },
      };
      const evidence = [{ source: rule.source, line: rule.rule.line, excerpt: rule.rule.text }];
      return {
        outcome: 'fail',
        message: reasonOf(rule, publish),
        subject,
        data,
        evidence,
        stopgaps: closingOf(stopgaps, exposure),
      };
    });
  },
});

/** Whether a rule is about this port, and about somebody who gets in. */
function meansToClose(
  { family, ports, protocols, sources, place, before, isAskedOn }: ClosingRule,
  exposure: Exposure,
  { hostPort, containerPort }: Publish,
): boolean {
  if (protocols.length > 0 && !protocols.includes(exposure.proto)) return false;
  const named = [hostPort, ...(place === 'input' ? [] : [containerPort])];
  const about =
    ports === null ? before !== null || place === 'routed' : named.some((port) => ports.includes(port));
  const there = exposure.reachableFrom.filter((from) => isAskedOn(from.interface));
  const admitted = admittedSources({ ...exposure, reachableFrom: there }, family);
  return about && (sources === null ? admitted : intersect(admitted, sources)).length > 0;
}

function reasonOf({ place, before, ports }: ClosingRule, { containerPort }: Publish): keyof typeof messages {
  if (place === 'input') return 'input';
  if (before !== null) return 'dead';
  return ports !== null && !ports.includes(containerPort) ? 'translated' : 'late';
}
