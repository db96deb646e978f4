import { expect, test } from '@jest/globals';
import { onlyChanged } from '../../src/engine/changed.ts';
import { finding } from '../harness/findings.ts';

const at = (source: string) => [{ source, line: 1, column: null, excerpt: null }];
const changed = new Set(['compose.yml']);

test('findings that cite a changed file stay', () => {
  const one = finding({ outcome: 'fail', evidence: at('compose.yml') });
  const other = finding({ outcome: 'fail', subject: 'other', evidence: at('old.yml') });
  expect(onlyChanged([one, other], changed)).toEqual([one]);
});

test('a rule of which nothing is left does not apply', () => {
  const other = finding({ outcome: 'pass', evidence: at('old.yml') });
  expect(onlyChanged([other, { ...other, subject: 'too' }], changed)).toEqual([
    expect.objectContaining({ rule: 'a-rule', outcome: 'not-applicable' }),
  ]);
});

test('a doubt about no file in particular is no safety', () => {
  const doubt = finding({ outcome: 'undetermined', message: 'broken.yml was not understood' });
  expect(onlyChanged([doubt], changed)).toEqual([doubt]);
});
