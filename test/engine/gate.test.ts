import { describe, expect, test } from '@jest/globals';
import type { GatePolicy } from '../../src/engine/gate.ts';
import { gate } from '../../src/engine/gate.ts';
import type { Finding } from '../../src/engine/report.ts';
import { score } from '../../src/engine/score.ts';
import { finding } from '../harness/findings.ts';

const policy: GatePolicy = { failOn: 'high', minScore: null, strict: false };
const ask = (findings: readonly Finding[], over: Partial<GatePolicy> = {}) =>
  gate(findings, score(findings), { ...policy, ...over });

const passing = finding({ rule: 'passing' });
const failing = finding({ rule: 'failing', severity: 'high', outcome: 'fail' });
const unseen = finding({ rule: 'unseen', severity: 'high', outcome: 'undetermined' });

describe('gate', () => {
  test.each<[string, Finding[], Partial<GatePolicy>, number]>([
    ['everything passes', [passing], {}, 0],
    ['a failure at the threshold', [passing, failing], {}, 1],
    ['a failure worse than the threshold', [failing], { failOn: 'medium' }, 1],
    ['a failure below the threshold', [failing], { failOn: 'critical' }, 0],
    ['no threshold at all', [failing], { failOn: 'never' }, 0],
    ['a waived failure', [passing, { ...failing, waived: { reason: 'r', expires: '2027-01-01' } }], {}, 0],
    ['a score below the least', [passing, failing], { failOn: 'never', minScore: 90 }, 1],
    ['a score at the least', [passing], { minScore: 100 }, 0],
    ['something undetermined', [passing, unseen], {}, 0],
    ['something undetermined, strict', [passing, unseen], { strict: true }, 3],
    ['a lesser thing undetermined, strict', [passing, { ...unseen, severity: 'low' }], { strict: true }, 0],
    ['an error, strict', [passing, { ...unseen, outcome: 'error' }], { strict: true }, 3],
    ['a failure beside something undetermined, strict', [failing, unseen], { strict: true }, 1],
    ['nothing determined', [unseen], {}, 3],
    ['nothing determined, and a least score', [unseen], { minScore: 50 }, 3],
    ['nothing applicable', [finding({ outcome: 'not-applicable' })], {}, 3],
    ['no rule at all', [], {}, 3],
  ])('%s', (_, findings, over, exit) => {
    const result = ask(findings, over);
    expect(result.exit).toBe(exit);
    expect(result.gate.passed).toBe(exit === 0);
    expect(result.gate.reasons.length > 0).toBe(exit !== 0);
  });

  test('the reason names the rules', () => {
    expect(ask([passing, failing]).gate.reasons).toEqual([
      '1 rule (failing) of severity high or worse failed',
    ]);
  });
});
