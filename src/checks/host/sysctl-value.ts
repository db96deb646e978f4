/** A kernel setting runs with a value weaker than recommended. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, pass, undetermined } from '../../engine/check.ts';
import { runningSysctlFact, sysctlKeys } from '../../facts/sysctl/running.ts';

const messages = {
  weak: '{key} is {value}; recommended is {accepted}.',
};

export const sysctlValue = defineCheck({
  id: 'sysctl-value',
  needs: { running: runningSysctlFact },
  params: z.strictObject({
    keys: z.array(z.enum(sysctlKeys)).min(1),
    /** Values that are strong enough, the recommended one first. */
    accept: z.array(z.string()).min(1),
  }),
  messages,
  evaluate: ({ running }, { keys, accept }) =>
    keys.map((key): Verdict<typeof messages> => {
      const evidence = running[key];
      if (evidence.state === 'unknown') return undetermined(evidence.detail, key);
      const { value, source } = evidence;
      if (value === null)
        return { outcome: 'not-applicable', subject: key, because: `this kernel has no ${key}` };
      const citation = { source, line: 1, excerpt: value };
      if (accept.includes(value)) return pass(key, citation);
      const data = { key, value, accepted: accept.join(' or '), recommended: accept[0] ?? '' };
      return { outcome: 'fail', message: 'weak', subject: key, data, evidence: [citation] };
    }),
});
