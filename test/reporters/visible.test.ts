import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isVisible, visible, visibleJson } from '../../src/reporters/visible.ts';
import { hostileText } from '../harness/hostile.ts';

describe('visible', () => {
  test.each([
    ['\u001b[31mred', '\\x1b[31mred'],
    ['a\nb\r\tc\0', 'a\\nb\\r\\tc\\x00'],
    ['\u009b31m', '\\x9b31m'],
    ['\u202egnp.exe', '\\u{202e}gnp.exe'],
    ['zero\u200bwidth\ufeff', 'zero\\u{200b}width\\u{feff}'],
    ['no\u00a0break', 'no\\xa0break'],
    ['line\u2028separator', 'line\\u{2028}separator'],
    ['\ud800 alone', '\\u{d800} alone'],
    ['\u{e0041} tag', '\\u{e0041} tag'],
    ['blank\u2800braille', 'blank\\u{2800}braille'],
    ['plain – ünïcode 日本 🐳', 'plain – ünïcode 日本 🐳'],
  ])('%j', (text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  test('leaves nothing unseen, and shown text as it is', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const shown = visible(text);
        expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        expect(isVisible(shown)).toBe(true);
      }),
    );
  });
});

test('JSON that can be printed holds the same text', () => {
  const hostile = { name: 'a\u009b31m\u202eb\u{e0041}\n' };
  expect(visibleJson(hostile)).toBe('{\n  "name": "a\\u009b31m\\u202eb\\udb40\\udc41\\n"\n}');
  expect(JSON.parse(visibleJson(hostile))).toEqual(hostile);
});
