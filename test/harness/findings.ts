import fc from 'fast-check';
import type { Finding, Outcome } from '../../src/engine/report.ts';
import { outcomes } from '../../src/engine/report.ts';
import type { Severity } from '../../src/engine/rule.ts';
import { layers, severities } from '../../src/engine/rule.ts';

/** A finding with what a test cares about; everything else is plain. */
export function finding(over: Partial<Finding> = {}): Finding {
  return {
    rule: 'a-rule',
    check: 'a-check',
    layer: 'host',
    severity: 'medium',
    outcome: 'pass',
    title: 'A rule',
    subject: 'host',
    message: null,
    waived: null,
    evidence: [],
    remediation: null,
    references: [],
    maps: {},
    fingerprint: '0123456789abcdef',
    ...over,
  };
}

/** Findings as an audit makes them: of one rule, every subject has the same severity and layer. */
export const someFindings: fc.Arbitrary<Finding[]> = fc
  .uniqueArray(
    fc.record({
      rule: fc.integer({ min: 0, max: 30 }).map((number) => `rule-${String(number)}`),
      layer: fc.constantFrom(...layers),
      severity: fc.constantFrom<Severity>(...severities),
      subjects: fc.array(fc.constantFrom<Outcome>(...outcomes), { minLength: 1, maxLength: 4 }),
    }),
    { selector: ({ rule }) => rule, maxLength: 15 },
  )
  .map((rules) =>
    rules.flatMap(({ subjects, ...rule }) =>
      subjects.map((outcome, index) => finding({ ...rule, outcome, subject: `subject-${String(index)}` })),
    ),
  );
