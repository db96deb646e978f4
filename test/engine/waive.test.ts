import { describe, expect, test } from '@jest/globals';
import { applyAttestations, applyWaivers } from '../../src/engine/waive.ts';
import { finding } from '../harness/findings.ts';

const today = '2026-11-21';
const failing = finding({ rule: 'a', subject: 'one', outcome: 'fail' });

describe('waivers', () => {
  const waiver = { rule: 'a', reason: 'accepted', expires: today };

  test('count up to and including the day they expire', () => {
    expect(applyWaivers([failing], [waiver], today).findings[0]?.waived).toEqual({
      reason: 'accepted',
      expires: today,
    });
    const late = applyWaivers([failing], [waiver], '2026-11-22');
    expect(late.findings[0]?.waived).toBeNull();
    expect(late.warnings).toEqual(['the waiver of a expired on 2026-11-21: it no longer counts']);
  });

  test('of a subject leave other subjects alone', () => {
    const other = { ...failing, subject: 'two' };
    const { findings } = applyWaivers([failing, other], [{ ...waiver, subject: 'two' }], today);
    expect(findings.map(({ waived }) => waived !== null)).toEqual([false, true]);
  });

  test('that match nothing say so, and a pass is not waived', () => {
    const { findings, warnings } = applyWaivers([{ ...failing, outcome: 'pass' }], [waiver], today);
    expect(findings[0]?.waived).toBeNull();
    expect(warnings).toEqual(['the waiver of a matches nothing that fails: it can go']);
  });
});

describe('attestations', () => {
  const question = finding({ rule: 'm', outcome: 'manual', message: 'Is there a plan?' });
  const attestation = { rule: 'm', by: 'kim', on: '2026-11-01', expires: '2027-11-01', note: 'in the wiki' };

  test('turn a question into a pass that names who answers for it', () => {
    const { findings } = applyAttestations([question], [attestation], today);
    expect(findings[0]).toMatchObject({
      outcome: 'pass',
      message: null,
      evidence: [{ source: 'attested by kim on 2026-11-01', excerpt: 'in the wiki' }],
    });
  });

  test('never turn a failure into a pass', () => {
    const { findings } = applyAttestations([{ ...question, outcome: 'fail' }], [attestation], today);
    expect(findings[0]?.outcome).toBe('fail');
  });

  test.each([
    ['expired', { expires: '2026-11-20' }, 'the attestation of m expired on 2026-11-20: it no longer counts'],
    [
      'dated in the future',
      { on: '2026-12-01' },
      'the attestation of m is dated 2026-12-01, in the future: it does not count yet',
    ],
  ])('%s do not count', (_, over, warning) => {
    const { findings, warnings } = applyAttestations([question], [{ ...attestation, ...over }], today);
    expect(findings[0]?.outcome).toBe('manual');
    expect(warnings).toEqual([warning]);
  });
});
