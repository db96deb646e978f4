import { expect, test } from '@jest/globals';
import { factReader } from '../../src/engine/fact.ts';
import { diskUsageFact } from '../../src/facts/disk-usage.ts';
import { memoryHost } from '../harness/memory-host.ts';

const stdout =
  'Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sda1 100 10 90 10% /\ntmpfs 9 9 0 100% /run\n';
const mounts =
  '/dev/sda1 / ext4 rw 0 0\n/dev/sdb1 /root/models ext4 rw 0 0\nportal /run/doc fuse.portal rw 0 0\n';

async function usage(exitCode: number, stderr: string) {
  const host = await memoryHost({
    files: { '/proc/mounts': mounts },
    commands: [{ argv: ['df', '-P', '-k'], stdout, exitCode, stderr }],
  });
  return factReader(host)(diskUsageFact);
}

test.each([
  ['all seen', 0, '', undefined],
  [
    'one left out',
    1,
    'df: /root/models: Permission denied\n',
    ['df: /root/models: Permission denied: how full it is cannot be seen'],
  ],
  ['one that holds no data', 1, 'df: /run/doc: Operation not permitted\n', undefined],
  ['no reason given', 1, '', ['df ended with 1 and may have left file systems out']],
])('%s', async (_, exitCode, stderr, gaps) => {
  const evidence = await usage(exitCode, stderr);
  expect(evidence).toMatchObject({ state: 'known', value: [{ mountPoint: '/', usedPercent: 10 }] });
  expect(evidence.state === 'known' ? evidence.gaps : null).toEqual(gaps);
});
