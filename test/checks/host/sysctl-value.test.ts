import { describe, expect, test } from '@jest/globals';
import { sysctlValue } from '../../../src/checks/host/sysctl-value.ts';
import { known, unknown } from '../../../src/host/evidence.ts';
import { evaluate } from '../../harness/evaluate.ts';

const key = 'kernel.dmesg_restrict';
const path = '/proc/sys/kernel/dmesg_restrict';
const params = { keys: [key], accept: ['1'] };

describe('sysctl-value', () => {
  test.each([
    ['pass', known('1', path)],
    ['fail', known('0', path)],
    ['not-applicable', known(null, path)],
    ['undetermined', unknown('denied', `${path} may not be read`, path)],
  ])('%s', (outcome, running) => {
    const [verdict] = evaluate(sysctlValue, { running: { [key]: running } }, params);
    expect(verdict).toMatchObject({ outcome, subject: key });
  });

  test('a failure names the value and what is recommended', () => {
    const [verdict] = evaluate(sysctlValue, { running: { [key]: known('0', path) } }, params);
    expect(verdict).toMatchObject({ data: { value: '0', recommended: '1' }, evidence: [{ source: path }] });
  });
});
