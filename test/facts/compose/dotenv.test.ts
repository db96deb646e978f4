import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { parseDotenv, parseRawVariables } from '../../../src/facts/compose/dotenv.ts';

const outside = (name: string) => (name === 'OUT' ? 'outside' : null);

describe('parseDotenv', () => {
  test.each([
    ['A=1', '1'],
    ['A = 1', '1'],
    ['A: 1', '1'],
    ['export A=1', '1'],
    ['A=a b # why', 'a b'],
    ['A=a#b', 'a#b'],
    ['A=  spaced  ', 'spaced'],
    ['A="a # b" # why', 'a # b'],
    ["A='$B'", '$B'],
    ["A='it\\'s'", "it's"],
    ['A="say \\"x\\""', 'say "x"'],
    ['A="x\\ty\\n"', 'x\ty\n'],
    ['A="\\$B"', '$B'],
    ['A="one\ntwo"', 'one\ntwo'],
    ['B=1\nA=${B}2', '12'],
    ['A=${OUT}', 'outside'],
    ['A=${NONE:-d}', 'd'],
    ['OUT=own\nA=$OUT', 'outside'],
    ['# comment\n\n\uFEFFA=1'.replace('\uFEFF', ''), '1'],
    ['A=\r\n', ''],
  ])('%j', (text, value) => {
    const { variables, problem } = parseDotenv(text, outside);
    expect([problem, variables.get('A')?.value]).toEqual([null, value]);
  });

  test('a value has its line, and says what it lacks', () => {
    const { variables } = parseDotenv('\n# x\nA="1\n2"\nB=$NONE\n', outside);
    expect(variables.get('A')).toMatchObject({ line: 3, unset: [] });
    expect(variables.get('B')).toEqual({ value: '', line: 5, unset: ['NONE'] });
  });

  test('a name alone takes what is outside', () => {
    const { variables } = parseDotenv('OUT\nNONE\nA=1\n', outside);
    expect([...variables.keys()]).toEqual(['OUT', 'A']);
  });

  test.each([
    ['A=1\n!B=2', 'line 2'],
    ['A="open', 'line 1'],
    ['A=${', 'line 1'],
    ['A B=1', 'line 1'],
  ])('%j is refused', (text, where) => {
    expect(parseDotenv(text, outside).problem).toContain(where);
  });

  test('__proto__ is a name like any other', () => {
    expect(parseDotenv('__proto__=1\nA=2', outside).variables.get('__proto__')?.value).toBe('1');
  });

  test('any bytes', () => {
    const piece = fc.constantFrom(
      'A',
      '=',
      ':',
      '"',
      "'",
      '\\',
      '\n',
      ' ',
      '#',
      '$',
      '{',
      '}',
      'export ',
      '\r',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((all) => all.join('')),
        ),
        (text) => {
          expect(parseDotenv(text, outside).variables).toBeInstanceOf(Map);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

test('raw values stay as they are', () => {
  const { variables } = parseRawVariables('# c\nA="x $B" # y\nB=\nC=1\r\nD=a\rb\r\nE=2\r');
  expect(Object.fromEntries([...variables].map(([name, { value }]) => [name, value]))).toEqual({
    A: '"x $B" # y',
    B: '',
    C: '1',
    D: 'a\rb',
    E: '2',
  });
});
