import { expect, test } from '@jest/globals';
import { factReader } from '../../../src/engine/fact.ts';
import { redirectsFact } from '../../../src/facts/sysctl/redirects.ts';
import { reversePathFact } from '../../../src/facts/sysctl/reverse-path.ts';
import { runningSysctlFact } from '../../../src/facts/sysctl/running.ts';
import { memoryHost } from '../../harness/memory-host.ts';

const ipv4 = '/proc/sys/net/ipv4/conf';

test.each([runningSysctlFact, redirectsFact, reversePathFact])(
  'without /proc/sys nothing is known: $id',
  async (fact) => {
    expect(await factReader(await memoryHost({}))<unknown>(fact)).toMatchObject({ state: 'unknown' });
  },
);

test('a key that this kernel lacks is absent', async () => {
  const files = { '/proc/sys/kernel/randomize_va_space': '2\n' };
  expect(await factReader(await memoryHost({ files }))(runningSysctlFact)).toMatchObject({
    value: { 'kernel.randomize_va_space': { value: '2' }, 'kernel.sysrq': { value: null } },
  });
});

test('an interface that went away meanwhile is not one without a filter', async () => {
  const files = { [`${ipv4}/all/rp_filter`]: '0\n', [`${ipv4}/eth0/rp_filter`]: '1\n' };
  const recording = { [ipv4]: { list: ['all', 'eth0', 'veth1'] } };
  expect(await factReader(await memoryHost({ files, recording }))(reversePathFact)).toMatchObject({
    value: [{ interface: 'eth0', value: 1 }],
  });
});
