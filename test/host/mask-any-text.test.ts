import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { maskSecrets } from '../../src/host/mask.ts';

describe('over any text', () => {
  const words = fc.constantFrom(
    'PASSWORD',
    'api-key',
    'token',
    '=',
    ':',
    ' ',
    '"',
    "'",
    '\\',
    '\n',
    '--',
    '\0',
    '<masked>',
    'ENC[A,',
    'replace_me',
    '$6$',
    '://',
    '@',
    'x',
    '{',
    ',',
    'name',
    'value',
    '- ',
    '|',
    'curl -u ',
  );
  const secretLike = fc.array(words, { maxLength: 40 }).map((parts) => parts.join(''));

  test('masking twice is masking once', () => {
    fc.assert(
      fc.property(fc.oneof(secretLike, fc.string({ unit: 'binary' })), (text) => {
        const once = maskSecrets(text);
        expect(maskSecrets(once)).toBe(once);
      }),
      { numRuns: 2000 },
    );
  });

  test('JSON stays JSON', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('password', 'token', 'api_key', 'env', 'a'), fc.jsonValue()),
        (value) => {
          expect(() => JSON.parse(maskSecrets(JSON.stringify(value))) as unknown).not.toThrow();
        },
      ),
      { numRuns: 1000 },
    );
  });

  // What ends at a NUL is an argument or a variable, whatever lines it holds.
  test('lines stay lines', () => {
    const lined = secretLike.map((text) => text.replaceAll('\0', ' '));
    fc.assert(
      fc.property(lined, (text) => {
        const lines = (each: string) => each.split('\n').length;
        expect(lines(maskSecrets(text))).toBe(lines(text));
      }),
    );
  });

  // Each is the beginning of something that never ends: looked for anew from every one, it takes minutes.
  test.each([
    'A_PASSWORD=x\\\n',
    'A_PASSWORD="x\\\n',
    "A_PASSWORD='x\\\n",
    'A_PASSWORD=\\"x',
    '--api-key "x ',
    "--api-key 'x ",
    '"--api-key",\n',
    '--api-auth=',
    'a_auth=',
    'pass-',
    'a://b:',
    'curl ',
    'curl -u ',
    'mysql -x ',
    'a_password: |\n  a\n',
    'a_password: |\n\n',
    'a_password:\n',
    '- value: a\n',
    '- value: "a\\\n',
    '- --token\n',
  ])('it takes time in proportion: %j', (text) => {
    const many = text.repeat(Math.ceil(200_000 / text.length));
    const started = process.cpuUsage();
    maskSecrets(many);
    expect(process.cpuUsage(started).user).toBeLessThan(2_000_000);
  });
});
