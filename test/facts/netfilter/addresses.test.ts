import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AddressSet } from '../../../src/facts/netfilter/addresses.ts';
import {
  intersect,
  subtract,
  toPrefixes,
  parseAddresses,
  union,
} from '../../../src/facts/netfilter/addresses.ts';

const range = fc
  .tuple(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 40 }))
  .map(([first, length]) => ({ first: BigInt(first), last: BigInt(first + length) }));
/** Short and long ones: the long take another way. */
const set = fc
  .oneof(fc.array(range, { maxLength: 6 }), fc.array(range, { minLength: 150, maxLength: 400 }))
  .map(union);

const has = (all: AddressSet, one: bigint) => all.some(({ first, last }) => first <= one && one <= last);
const sorted = (all: AddressSet) =>
  all.every(({ first, last }, index) => {
    const next = all[index + 1];
    return first <= last && (next === undefined || last < next.first);
  });

test('sets behave as sets, element by element', () => {
  fc.assert(
    fc.property(set, set, (a, b) => {
      const [both, without, either] = [intersect(a, b), subtract(a, b), union([...a, ...b])];
      expect([both, without, either].every(sorted)).toBe(true);
      for (let one = 0n; one < 3050n; one += 7n) {
        expect(has(both, one)).toBe(has(a, one) && has(b, one));
        expect(has(without, one)).toBe(has(a, one) && !has(b, one));
        expect(has(either, one)).toBe(has(a, one) || has(b, one));
      }
    }),
  );
});

test('prefixes say the whole set and nothing else', () => {
  fc.assert(
    fc.property(set, (all) => {
      const parsed = toPrefixes(all, 'ip').flatMap((prefix) => parseAddresses(prefix)?.addresses ?? []);
      expect(union(parsed)).toEqual(union(all));
    }),
  );
});
