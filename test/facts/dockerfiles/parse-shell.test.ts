import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { runOf } from '../../../src/facts/dockerfiles/commands.ts';
import { parseShell } from '../../../src/facts/dockerfiles/parse-shell.ts';
import { resolveWord } from '../../../src/facts/dockerfiles/words.ts';

const shown = (script: string) =>
  runOf(parseShell(script)).pipelines.map((pipeline) =>
    pipeline
      .map(({ program, args }) => [program, ...args.map(({ text }) => text)].join(' ').trim())
      .join(' | '),
  );

test.each([
  ['a b && c; d || e & f', ['a b', 'c', 'd', 'e', 'f']],
  ['a | b |& c\nd |\n e', ['a | b | c', 'd | e']],
  ['a # b | c', ['a']],
  ['a#b "#c"', ['a#b #c']],
  ['echo "a | b" \'c; d\' e\\;f', ['echo a | b c; d e;f']],
  ['if a; then b | c; else d; fi', ['a', 'b | c', 'd']],
  ['for x in a b; do c $x; done', ['for x in a b', 'c $x']],
  ['case $x in a) b | c ;; *) d ;; esac', ['case $x in a', 'b | c', '*', 'd']],
  ['! a', ['a']],
  ['A=1 B="2 3" c d', ['c d']],
  ['a > b 2>&1 < c', ['a']],
  ['sudo -E -u x bash -s -- y', ['bash -s -- y']],
  ['env -i A=1 /usr/bin/pip3 install x', ['pip3 install x']],
  ['python3 -m pip install x', ['pip install x']],
  ['a "$(b | c)"', ['b | c', 'a $(b | c)']],
  ['a `b | c`', ['b | c', 'a `b | c`']],
  ['a <(b)', ['b', 'a <(b)']],
  ['(a; b) | c', ['a', 'b', ' | c']],
  ['{ a; b; } | c', ['a', 'b', ' | c']],
  ['sh -ec "a | b"', ['a | b', 'sh -ec a | b']],
  ['sh -c \'sh -c "a | b"\'', ['a | b', 'sh -c a | b', 'sh -c sh -c "a | b"']],
  ['<<EOF\na | b\nEOF', ['a | b', '']],
  ['<<EOF\n#!/usr/bin/env python3\na | b\nEOF', ['']],
  ['bash -e <<-EOF && c\n\ta | b\n\tEOF\nd', ['a | b', 'bash -e', 'c', 'd']],
  ['cat <<EOF > x\na | b\nEOF\nc', ['cat', 'c']],
  ['f() { a | b; }; f', ['a | b', '', 'f']],
  ['function f { a | b; }; f', ['a | b', '', 'f']],
])('%s', (script, expected) => {
  expect(shown(script)).toEqual(expected);
  expect(parseShell(script).problem).toBeNull();
});

test.each(['a "b', "a 'b", 'a $(b', 'a `b', '(a', '{ a', 'a <<E\nb', 'a $((1'])('%j has no end', (script) => {
  expect(parseShell(script).problem).not.toBeNull();
});

test('takes words as sh does', () => {
  const piece = fc.constantFrom(
    'a',
    'B c',
    '"',
    "'",
    '\\',
    '\\"',
    '#',
    '=',
    '-k',
    '"a b"',
    "'c; d'",
    '\\ ',
    ' ',
    '%',
    '"\\$x"',
  );
  const scripts = fc.sample(
    fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
    { numRuns: 1500, seed: 7 },
  );
  const whole = scripts.filter((script) => {
    const parsed = parseShell(`f ${script}`);
    const [first] = parsed.pipelines;
    return (
      parsed.problem === null &&
      parsed.pipelines.length === 1 &&
      first?.length === 1 &&
      !script.endsWith('\\')
    );
  });
  expect(whole.length).toBeGreaterThan(300);
  const program = `f() { printf '%s\\0' "$@"; }\n${whole.map((script) => `f ${script}\nprintf '\\001\\0'`).join('\n')}`;
  const answers = execFileSync('/bin/sh', ['-c', program], { encoding: 'utf8' })
    .split('\u0001\0')
    .slice(0, -1);
  const own = whole.map(
    (script) =>
      parseShell(`f ${script}`)
        .pipelines[0]?.[0]?.words.slice(1)
        .map(({ text }) => text) ?? [],
  );
  // `printf '%s\0'` without arguments prints one empty one.
  expect(own.map((words) => (words.length === 0 ? '\0' : words.map((word) => `${word}\0`).join('')))).toEqual(
    answers,
  );
});

test('fills variables in as sh does', () => {
  const environment = new Map([
    ['SET', { text: 'set', missing: [] }],
    ['EMPTY', { text: '', missing: [] }],
  ]);
  const name = fc.constantFrom('SET', 'EMPTY', 'NONE');
  const operator = fc.constantFrom(':-', '-', ':+', '+');
  const { word } = fc.letrec((tie) => ({
    word: fc.array(tie('piece'), { maxLength: 3 }).map((pieces) => pieces.join('')),
    piece: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom('a', '-', '\\$', "'$SET'", '.'),
      name.map((each) => `\${${each}}`),
      fc
        .tuple(name, operator, tie('word'))
        .map(([each, how, alternative]) => `\${${each}${how}${String(alternative)}}`),
    ),
  }));
  const words = fc.sample(word, { numRuns: 1000, seed: 7 });
  const program = `SET=set EMPTY=\nunset NONE\n${words.map((each) => `printf '%s\\0' ${each}""`).join('\n')}`;
  const answers = execFileSync('/bin/sh', ['-c', program], { encoding: 'utf8' }).split('\0').slice(0, -1);
  expect(words.map((each) => resolveWord(each, environment, '\\').text)).toEqual(answers);
});

test('any script ends', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc
          .array(
            fc.constantFrom(
              '(',
              ')',
              '{',
              '}',
              '$(',
              '`',
              '"',
              "'",
              '<<E',
              '\n',
              'E',
              '|',
              ' ',
              'a',
              'sh -c ',
              '<(',
              '#',
              '$((',
              '\\',
            ),
          )
          .map((all) => all.join('')),
      ),
      (script) => {
        expect(Array.isArray(runOf(parseShell(script)).pipelines)).toBe(true);
      },
    ),
    { numRuns: 2000 },
  );
});
