/** A kernel setting runs with another value than boot will set. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import { configuredSysctlFact, configuredValue } from '../../facts/sysctl/configured.ts';
import { runningSysctlFact, sysctlKeys } from '../../facts/sysctl/running.ts';

const messages = {
  drift: '{key} is {running} now, and boot will set {configured}: what was tested is not what will run.',
  forwarding:
    '{key} is {running} now, and boot will first set {configured}: containers and VPNs are cut off until their program switches it on again.',
};

const forwarding: ReadonlySet<string> = new Set(['net.ipv4.ip_forward', 'net.ipv6.conf.all.forwarding']);

export const sysctlDrift = defineCheck({
  id: 'sysctl-drift',
  needs: { running: runningSysctlFact, configured: configuredSysctlFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ running, configured }) => {
    const verdicts = sysctlKeys.flatMap((key): Verdict<typeof messages>[] => {
      const boot = configuredValue(configured, key);
      const now = running[key];
      if (boot === null || (now.state === 'known' && now.value === null)) return [];
      if (now.state === 'unknown') return [undetermined(now.detail, key)];
      const citation = { source: boot.source, line: boot.line, excerpt: `${key} = ${boot.value}` };
      const [value, expected] = [now.value ?? '', boot.value].map((text) => text.trim().replace(/\s+/g, ' '));
      if (value === expected) return [pass(key, citation)];
      const data = { key, running: value ?? '', configured: expected ?? '' };
      const evidence = [citation, { source: now.source, line: 1, excerpt: now.value }];
      // Docker and VPNs switch it on when they start: to take it from them would cut them off.
      const message = forwarding.has(key) && value === '1' ? 'forwarding' : 'drift';
      return [{ outcome: 'fail', message, subject: key, data, evidence }];
    });
    return verdicts.length > 0 ? verdicts : [notApplicable('no file sets a kernel setting that aisec knows')];
  },
});
