/** A UFW rule can never decide, because an earlier one takes all that it matches. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import { parseAddresses, subtract } from '../../facts/netfilter/addresses.ts';
import { firewallConfigurationFact } from '../../facts/firewall/boot.ts';
import type { UfwRule } from '../../facts/firewall/ufw-rules.ts';
import { ufwWords } from '../../facts/firewall/ufw-rules.ts';

const messages = {
  overridden:
    '`ufw {rule}` never decides: the earlier `ufw {earlier}` already takes all that it matches, and says otherwise.',
  redundant:
    '`ufw {rule}` never decides: the earlier `ufw {earlier}` already does the same for all that it matches.',
};

export const ufwShadowedRule = defineCheck({
  id: 'ufw-shadowed-rule',
  needs: { configuration: firewallConfigurationFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ configuration: { ufw } }) => {
    if (ufw.state === 'unknown') return [undetermined(ufw.detail, 'ufw')];
    if (ufw.value?.enabled !== true) return [notApplicable('UFW is not enabled')];
    const { rules } = ufw.value;
    if (rules.state === 'unknown') return [undetermined(rules.detail, 'ufw')];
    const failures = rules.value.flatMap((rule, index) => {
      const earlier = rules.value.slice(0, index).find((other) => covers(other, rule));
      return earlier === undefined ? [] : [shadowed(rule, earlier)];
    });
    // UFW keeps one rule twice, for IPv4 and for IPv6, and its commands speak of both.
    const once = [...new Map(failures.toReversed().map((one) => [one.subject, one])).values()].toReversed();
    return once.length > 0 ? once : [pass('ufw', { source: rules.source, line: null, excerpt: null })];
  },
});

function shadowed(rule: UfwRule, earlier: UfwRule): Extract<Verdict<typeof messages>, { outcome: 'fail' }> {
  return {
    outcome: 'fail',
    message: rule.action === earlier.action ? 'redundant' : 'overridden',
    subject: ufwWords(rule),
    data: { rule: ufwWords(rule), earlier: ufwWords(earlier) },
    evidence: [rule, earlier].map(({ source, line, text }) => ({ source, line, excerpt: text })),
  };
}

/** Whether `earlier` matches every packet that `rule` does. */
function covers(earlier: UfwRule, rule: UfwRule): boolean {
  return (
    earlier.family === rule.family &&
    earlier.routed === rule.routed &&
    earlier.direction === rule.direction &&
    (earlier.inInterface === null || earlier.inInterface === rule.inInterface) &&
    (earlier.outInterface === null || earlier.outInterface === rule.outInterface) &&
    (earlier.protocol === 'any' || earlier.protocol === rule.protocol) &&
    coversPorts(earlier.toPort, rule.toPort) &&
    coversPorts(earlier.fromPort, rule.fromPort) &&
    coversAddresses(earlier.to, rule.to) &&
    coversAddresses(earlier.from, rule.from)
  );
}

function coversPorts(outer: string, inner: string): boolean {
  if (outer === 'any') return true;
  if (inner === 'any') return false;
  const ranges = rangesOf(outer);
  return rangesOf(inner).every(([first, last]) => ranges.some(([from, to]) => from <= first && last <= to));
}

function rangesOf(ports: string): readonly (readonly [number, number])[] {
  return ports.split(',').map((part) => {
    const [first = '', last = first] = part.split(':');
    return [Number(first), Number(last)] as const;
  });
}

function coversAddresses(outer: string, inner: string): boolean {
  const [around, within] = [parseAddresses(outer), parseAddresses(inner)];
  if (around === null || within === null) return outer === inner;
  return around.family === within.family && subtract(within.addresses, around.addresses).length === 0;
}
