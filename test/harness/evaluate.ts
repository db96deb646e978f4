import type { Check, Verdict } from '../../src/engine/check.ts';
import { known, unknown } from '../../src/host/evidence.ts';

/**
 * Asks a check for its verdicts over facts given as plain values.
 *
 * @param given - the value of each needed fact; an optional fact's value is wrapped as known, unless it
 *   is evidence already, and is unknown where none is given
 */
export function evaluate(
  check: Check,
  given: Readonly<Record<string, unknown>>,
  params: unknown = {},
): readonly Verdict[] {
  const wrapped = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name,
      name in check.optional && !isEvidence(value) ? known(value, 'test') : value,
    ]),
  );
  const notGiven = unknown('unsupported', 'not given', 'test');
  const unseen = Object.fromEntries(Object.keys(check.optional).map((name) => [name, notGiven]));
  return check.evaluate({ ...unseen, ...wrapped }, check.params.parse(params));
}

function isEvidence(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'state' in value;
}
