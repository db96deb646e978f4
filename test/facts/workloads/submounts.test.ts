import { expect, test } from '@jest/globals';
import { submountsAsked, submountsBy } from '../../../src/facts/workloads/submounts.ts';

test.each([
  ['20.10.24+dfsg1', '6.1.0-18-amd64', 'writable'],
  ['24.0.9', null, 'writable'],
  ['25.0.0', '5.10.0-28-amd64', 'writable'],
  ['25.0.0', '5.12.0', 'read-only'],
  ['28.1.1', '6.12.1', 'read-only'],
  ['28.1.1', null, null],
  [null, '6.12.1', null],
])('Docker Engine %s on Linux %s', (version, kernel, submounts) => {
  expect(submountsBy(version, kernel)).toBe(submounts);
});

test.each([
  [undefined, null],
  [{}, null],
  [{ NonRecursive: true }, 'read-only'],
  [{ ReadOnlyForceRecursive: true }, 'read-only'],
  [{ ReadOnlyNonRecursive: true }, 'writable'],
])('asked with %j', (options, submounts) => {
  const all = { NonRecursive: false, ReadOnlyNonRecursive: false, ReadOnlyForceRecursive: false };
  const asked = { Target: '/x', BindOptions: options === undefined ? null : { ...all, ...options } };
  expect(submountsAsked(asked)).toBe(submounts);
});
