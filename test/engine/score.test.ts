import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Finding, Score } from '../../src/engine/report.ts';
import { score } from '../../src/engine/score.ts';
import { applyWaivers } from '../../src/engine/waive.ts';
import { finding, someFindings } from '../harness/findings.ts';

const rules = (...findings: Partial<Finding>[]) =>
  findings.map((each, index) => finding({ rule: `rule-${String(index)}`, ...each }));

describe('score', () => {
  test('is the earned share of the applicable weight, floored', () => {
    const findings = rules(
      { severity: 'medium', outcome: 'pass' },
      { severity: 'medium', outcome: 'fail' },
      { severity: 'low', outcome: 'pass' },
      { severity: 'high', outcome: 'not-applicable' },
    );
    expect(score(findings)).toMatchObject({ value: 57, best: 57, grade: 'D', coverage: 1 }); // 11 of 19
  });

  test('undetermined earns nothing, and may still be the best', () => {
    const findings = rules(
      { severity: 'medium', outcome: 'pass' },
      { severity: 'medium', outcome: 'undetermined' },
    );
    expect(score(findings)).toMatchObject({ value: 50, best: 100, coverage: 0.5 });
  });

  test.each([
    ['critical', 'fail', 39, 39],
    ['critical', 'undetermined', 39, 100],
    ['critical', 'error', 39, 39],
    ['high', 'fail', 79, 79],
    ['high', 'undetermined', 79, 100],
    ['high', 'manual', 79, 100],
  ] as const)(
    'one %s rule that is %s caps the value at %i, the best at %i',
    (severity, outcome, value, best) => {
      const passing = rules(...Array.from({ length: 50 }, () => ({ severity: 'critical' as const })));
      const findings = [...passing, finding({ rule: 'capping', severity, outcome })];
      expect(score(findings).value).toBe(value);
      expect(score(findings).best).toBe(best);
    },
  );

  test("a rule's outcome is the worst of its subjects'", () => {
    const subjects = ['pass', 'fail', 'undetermined'] as const;
    const findings = subjects.map((outcome) => finding({ outcome, subject: outcome }));
    expect(score(findings).layers[2]).toMatchObject({ id: 'host', pass: 0, fail: 1, undetermined: 0 });
  });

  test('a waived failure earns nothing and is counted as waived', () => {
    const waived = { reason: 'known', expires: '2027-01-01' };
    const findings = rules({ outcome: 'fail', waived }, { outcome: 'pass' });
    expect(score(findings)).toMatchObject({ value: 50 });
    expect(score(findings).layers[2]).toMatchObject({ pass: 1, fail: 0, waived: 1 });
  });

  test('a rule with one waived and one open failure is a failure', () => {
    const waived = { reason: 'known', expires: '2027-01-01' };
    const findings = [finding({ outcome: 'fail', waived }), finding({ outcome: 'fail', subject: 'other' })];
    expect(score(findings).layers[2]).toMatchObject({ fail: 1, waived: 0 });
  });

  test('a layer in which nothing applies has no value', () => {
    expect(score(rules({ outcome: 'not-applicable' }))).toMatchObject({
      value: null,
      best: null,
      grade: null,
    });
  });
});

describe('score, over any findings', () => {
  const values = ({ value, layers }: Score) => [value, ...layers.map((layer) => layer.value)];
  /** `null` (nothing applies) is no score at all: it neither rises nor falls. */
  const neverRises = (before: readonly Finding[], after: readonly Finding[]) => {
    const [was, is] = [values(score(before)), values(score(after))];
    for (const [index, value] of was.entries()) {
      if (value !== null) expect(is[index] ?? 0).toBeLessThanOrEqual(value);
    }
  };
  const withOne = someFindings
    .filter((findings) => findings.length > 0)
    .chain((findings) => fc.record({ findings: fc.constant(findings), at: fc.nat(findings.length - 1) }));

  test('losing the evidence of a subject never raises the value', () => {
    fc.assert(
      fc.property(withOne, ({ findings, at }) => {
        const blind = findings.with(at, finding({ ...findings[at], outcome: 'undetermined' }));
        neverRises(findings, blind);
      }),
    );
  });

  test('a further failing subject never raises the value', () => {
    fc.assert(
      fc.property(withOne, ({ findings, at }) => {
        neverRises(findings, [...findings, finding({ ...findings[at], outcome: 'fail', subject: 'new' })]);
      }),
    );
  });

  test('waiving never raises the value', () => {
    fc.assert(
      fc.property(withOne, ({ findings, at }) => {
        const { rule = '', subject = '' } = findings[at] ?? {};
        const waivers = [{ rule, subject, reason: 'known', expires: '2027-01-01' }];
        neverRises(findings, applyWaivers(findings, waivers, '2026-11-21').findings);
      }),
    );
  });

  test('the order of findings changes nothing', () => {
    const shuffled = someFindings.chain((findings) =>
      fc.tuple(fc.constant(findings), fc.shuffledSubarray(findings, { minLength: findings.length })),
    );
    fc.assert(
      fc.property(shuffled, ([findings, other]) => {
        expect(score(other)).toEqual(score(findings));
      }),
    );
  });

  test('the value lies within 0 and the best', () => {
    fc.assert(
      fc.property(someFindings, (findings) => {
        const { value, best } = score(findings);
        expect(value === null).toBe(best === null);
        expect(value ?? 0).toBeGreaterThanOrEqual(0);
        expect(best ?? 100).toBeGreaterThanOrEqual(value ?? 0);
        expect(best ?? 0).toBeLessThanOrEqual(100);
      }),
    );
  });
});
