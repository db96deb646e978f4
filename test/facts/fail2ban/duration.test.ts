import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { secondsOf } from '../../../src/facts/fail2ban/duration.ts';

test.each([
  ['600', 600],
  ['10m', 600],
  ['1h', 3600],
  ['1d12h', 129_600],
  ['0d 1h 30m', 5400],
  ['1hour+30min', 5400],
  ['1year-6mo', 15_778_800],
  ['24*60*60', 86_400],
  ['-1', -1],
  ['-(1h)', -3600],
  ['10m # a comment', 600],
  ['', null],
  ['soon', null],
  ['1 / 0', null],
  ['(1', null],
  ['10m 5x', null],
])('%j is %p seconds', (text, seconds) => {
  expect(secondsOf(text)).toBe(seconds);
});

test('any text is a number or none', () => {
  const text = fc.oneof(fc.string(), fc.stringMatching(/^[0-9dhm+*/() -]*$/));
  fc.assert(
    fc.property(text, (each) => {
      expect(['number', 'object']).toContain(typeof secondsOf(each));
    }),
  );
});
