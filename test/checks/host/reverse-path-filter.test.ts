import { describe, expect, test } from '@jest/globals';
import { reversePathFilter } from '../../../src/checks/host/reverse-path-filter.ts';
import { evaluate } from '../../harness/evaluate.ts';

const on = (name: string, value: number) => ({
  interface: name,
  value,
  source: `/proc/sys/net/ipv4/conf/${name}/rp_filter`,
});

describe('reverse-path-filter', () => {
  test.each([
    ['pass', [on('eth0', 1)]],
    ['fail', [on('eth0', 0)]],
    ['fail', [on('eth0', 2)]],
    ['pass', [on('eth0', 2), on('docker0', 2)]],
    ['pass', [on('eth0', 2), on('wg0', 2)]],
    ['fail', [on('eth0', 0), on('docker0', 2)]],
    ['not-applicable', []],
  ])('%s: %j', (outcome, interfaces) => {
    expect(evaluate(reversePathFilter, { interfaces })[0]).toMatchObject({ outcome });
  });

  test('strict filtering is not advised where Docker needs the loose one', () => {
    expect(evaluate(reversePathFilter, { interfaces: [on('eth0', 0), on('docker0', 2)] })[0]).toMatchObject({
      data: { recommended: 2 },
    });
  });
});
