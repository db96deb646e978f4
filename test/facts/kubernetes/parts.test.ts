import { describe, expect, test } from '@jest/globals';
import { parseQuantity } from '../../../src/facts/kubernetes/quantity.ts';
import { selects } from '../../../src/facts/kubernetes/selector.ts';

test.each([
  ['500m', 0.5],
  ['2', 2],
  ['0.5', 0.5],
  ['.5', 0.5],
  ['8Gi', 8 * 2 ** 30],
  ['64M', 64e6],
  ['1e3', 1000],
  ['1E', 1e18],
  ['1k', 1000],
  ['', null],
  ['lots', null],
  ['1GB', null],
  ['1 Gi', null],
])('quantity %s', (text, value) => {
  expect(parseQuantity(text)).toBe(value);
});

describe('selector', () => {
  const labels = { app: 'x', tier: 'back' };
  test.each([
    [{}, true],
    [{ matchLabels: { app: 'x', tier: 'back' } }, true],
    [{ matchLabels: { app: 'x', tier: 'front' } }, false],
    [{ matchExpressions: [{ key: 'app', operator: 'In', values: ['x', 'y'] }] }, true],
    [{ matchExpressions: [{ key: 'gone', operator: 'In', values: ['x'] }] }, false],
    [{ matchExpressions: [{ key: 'gone', operator: 'NotIn', values: ['x'] }] }, true],
    [{ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['x'] }] }, false],
    [{ matchExpressions: [{ key: 'app', operator: 'Exists' }] }, true],
    [{ matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] }, false],
    [{ matchLabels: { app: 'x' }, matchExpressions: [{ key: 'gone', operator: 'Exists' }] }, false],
  ] as const)('%j', (selector, expected) => {
    expect(selects(selector as Parameters<typeof selects>[0], labels)).toBe(expected);
  });
});
