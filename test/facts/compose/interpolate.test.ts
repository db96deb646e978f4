import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { substitute } from '../../../src/facts/compose/interpolate.ts';

const values: Readonly<Record<string, string>> = { A: 'alpha', EMPTY: '', N: '5' };
const lookup = (name: string) => values[name] ?? null;

describe('substitute', () => {
  test.each([
    ['plain', 'plain'],
    ['$A', 'alpha'],
    ['$A.x', 'alpha.x'],
    ['${A}b', 'alphab'],
    ['$$A ${A}', '$A alpha'],
    ['$${A}', '${A}'],
    ['$5 and $', '$5 and $'],
    ['${NONE:-d}', 'd'],
    ['${EMPTY:-d}', 'd'],
    ['${EMPTY-d}', ''],
    ['${NONE-d}', 'd'],
    ['${A:+r}', 'r'],
    ['${EMPTY:+r}', ''],
    ['${EMPTY+r}', 'r'],
    ['${NONE+r}', ''],
    ['${A:?must}', 'alpha'],
    ['${EMPTY?must}', ''],
    ['${NONE:-${A}}', 'alpha'],
    ['${NONE:-${ALSO:-${N}}}/x', '5/x'],
    ['${NONE:-{"a":{"b":1}}}', '{"a":{"b":1}}'],
    ['${NONE:-a:b-c?d}', 'a:b-c?d'],
  ])('%s is %s', (template, text) => {
    expect(substitute(template, lookup)).toEqual({ text, shown: text, unset: [] });
  });

  test.each([
    ['${NONE}:80', ':80', '${NONE}:80', ['NONE']],
    ['x$NONE', 'x', 'x$NONE', ['NONE']],
    ['${NONE:?must}', '', '${NONE:?must}', ['NONE']],
    ['${NONE?must}', '', '${NONE?must}', ['NONE']],
    ['${EMPTY:?must}', '', '${EMPTY:?must}', ['EMPTY']],
    ['${NONE:-${OTHER}}', '', '${OTHER}', ['OTHER']],
  ])('%s leaves a variable open', (template, text, shown, unset) => {
    expect(substitute(template, lookup)).toEqual({ text, shown, unset });
  });

  test.each(['${', '${}', '${1}', '${A b}', '${A.b}', '${A:-x', '${A!x}'])('%s is refused', (template) => {
    expect(() => substitute(template, lookup)).toThrow();
  });

  test('what a default holds that is not used is not asked for', () => {
    expect(substitute('${A:-${NONE}}', lookup).unset).toEqual([]);
  });

  test('variables that multiply are stopped', () => {
    const long = 'x'.repeat(60_000);
    expect(() => substitute('$B$B$B', () => long)).toThrow(/too long/);
    expect(() => substitute(`${'${N1:-'.repeat(30)}x${'}'.repeat(30)}`, lookup)).toThrow(/nested/);
  });

  test('any text: an answer or a refusal, soon', () => {
    const piece = fc.constantFrom('$', '{', '}', ':', '-', '+', '?', 'A', 'NONE', '\n', '${', '$$', 'é');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece, { maxLength: 60 }).map((all) => all.join('')),
        ),
        (template) => {
          try {
            expect(typeof substitute(template, lookup).text).toBe('string');
          } catch (error) {
            expect(error).toBeInstanceOf(Error);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
