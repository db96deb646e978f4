import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';
import { renderCommand, renderMessage, renderYaml, shellQuote } from '../../src/engine/template.ts';

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

  test('quote each word of a list, and no more', () => {
    const template = "printf '%s\\0' {words} {last}";
    const command = renderCommand(template, { words: ['-f', 'a b', '$(id)', ''], last: 'c' });
    const printed = execFileSync('/bin/sh', ['-c', command ?? 'false'])
      .toString()
      .split('\0');
    expect(printed).toEqual(['-f', 'a b', '$(id)', '', 'c', '']);
  });

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

test.each([
  ['plain', 'ollama/ollama', 'image: ollama/ollama'],
  ['a word that YAML takes for another type', 'yes', 'image: "yes"'],
  ['one with a meaning in YAML', 'a: b #c', 'image: "a: b #c"'],
  ['one with a line break', 'a\n  privileged: true', 'image: "a\\n  privileged: true"'],
  ['a path', '/srv/data', 'image: /srv/data'],
])('a value in YAML is one scalar: %s', (_, value, expected) => {
  expect(renderYaml('image: {image}', { image: value })).toBe(expected);
  expect(parse(expected)).toEqual({ image: value });
});

test('ports stand within a word', () => {
  const ports = renderYaml('ports:\n  - 127.0.0.1:{port}:{inside}', { port: '8080', inside: '80/tcp' });
  expect(parse(ports ?? '')).toEqual({ ports: ['127.0.0.1:8080:80/tcp'] });
});

test('YAML with a value missing is none', () => {
  expect(renderYaml('image: {image}', {})).toBeNull();
});
