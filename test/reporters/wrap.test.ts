import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { visible } from '../../src/reporters/visible.ts';
import { clip, displayWidth, wrap } from '../../src/reporters/wrap.ts';
import { hostileText } from '../harness/hostile.ts';

describe('displayWidth', () => {
  test.each([
    ['abc', 3],
    ['日本', 4],
    ['e\u0301', 1],
    ['🐳', 2],
    ['grün', 4],
  ])('%s takes %i columns', (text, columns) => {
    expect(displayWidth(text)).toBe(columns);
  });
});

describe('wrap', () => {
  test.each([
    ['one two three', 8, ['one two', 'three']],
    ['/a/very/long/path x', 8, ['/a/very/', 'long/pat', 'h x']],
    ['日本語', 4, ['日本', '語']],
    ['', 8, ['']],
    ['a\nb', 8, ['a\\nb']],
  ])('%j at %i', (text, width, lines) => {
    expect(wrap(text, width)).toEqual(lines);
  });

  test('keeps every character, within the width', () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 2, max: 60 }), (text, width) => {
        const lines = wrap(text, width);
        expect(lines.join('').replaceAll(' ', '')).toBe(visible(text).replaceAll(' ', ''));
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
      }),
    );
  });
});

describe('clip', () => {
  test.each([
    ['short', 8, 'short'],
    ['exactly8', 8, 'exactly8'],
    ['longer than that', 8, 'longer…'],
  ])('%j at %i', (text, width, shown) => {
    expect(clip(text, width)).toBe(shown);
  });

  test('stays within the width', () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 3, max: 60 }), (text, width) => {
        expect(displayWidth(clip(text, width))).toBeLessThanOrEqual(width);
      }),
    );
  });
});
