import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { renderCommand, renderMessage, shellQuote } from '../../src/engine/template.ts';

describe('messages', () => {
  test('take data, and show what is missing', () => {
    expect(renderMessage('{name} is {value}; {other}', { name: 'a', value: 1 })).toBe('a is 1; {other}');
  });
});

describe('commands', () => {
  test('leave the shell’s own braces alone', () => {
    const template = "awk '{print $1}' ${HOME} {file} | docker inspect --format '{{.Id}}{{end}}'";
    expect(renderCommand(template, { file: 'a b' })).toBe(
      "awk '{print $1}' ${HOME} 'a b' | docker inspect --format '{{.Id}}{{end}}'",
    );
  });

  test('with a value missing are no commands', () => {
    expect(renderCommand('rm {file}', {})).toBeNull();
  });

  test.each(['$(reboot)', '`reboot`', "'; reboot; '", '"', '\\', '\u001b[31m', '-rf', 'a\nb', '{x}', '$&'])(
    'quote %j as one word',
    (value) => {
      expect(echoed(value)).toBe(value);
    },
  );

  test('quote any text as one word', () => {
    const text = fc.string({ unit: 'binary', maxLength: 30 }).filter((value) => !value.includes('\0'));
    fc.assert(
      fc.property(fc.array(text, { minLength: 20, maxLength: 20 }), (values) => {
        const script = values.map((value) => `printf '%s\\0' ${shellQuote(value)}`).join('\n');
        const printed = execFileSync('/bin/sh', ['-c', script]).toString().split('\0').slice(0, -1);
        expect(printed).toEqual(values.map((value) => Buffer.from(value).toString()));
      }),
      { numRuns: 25 },
    );
  });
});

function echoed(value: string): string {
  const command = renderCommand("printf '%s' {value}", { value });
  return execFileSync('/bin/sh', ['-c', command ?? 'false']).toString();
}
