import { describe, expect, test } from '@jest/globals';
import { workloadDevice } from '../../../src/checks/containers/workload-device.ts';
import type { Device } from '../../../src/facts/workloads/workload.ts';
import { evaluate } from '../../harness/evaluate.ts';
import { workload } from '../../harness/docker-workload.ts';

const params = {
  raw: ['/dev/mem', '/dev/sd*', '/dev/mapper/*'],
  allowed: ['/dev/nvidia*', '/dev/dri', '/dev/snd'],
};

function judge(
  kind: string,
  host: string,
  type: Device['type'] = 'char',
  deviceRules: readonly string[] = [],
) {
  const devices = host === '' ? [] : [{ host, container: host, permissions: 'rwm', type }];
  const given = { workloads: [{ ...workload('x'), devices, deviceRules }] };
  return evaluate(workloadDevice, given, { ...params, kind });
}

describe('workload-device', () => {
  test.each([
    ['/dev/nvidia0', 'char', 'pass', 'pass'],
    ['/dev/dri/renderD128', 'char', 'pass', 'pass'],
    ['/dev/kvm', 'char', 'fail', 'pass'],
    ['/dev/sda1', null, 'pass', 'fail'],
    ['/dev/mem', 'char', 'pass', 'fail'],
    ['/dev/dri/../sda', null, 'pass', 'fail'],
    ['/proc/1/root/dev/sda', null, 'pass', 'fail'],
    ['/dev/dri/../kvm', 'char', 'fail', 'pass'],
    ['/dev/strange', 'block', 'pass', 'fail'],
    ['/dev', 'directory', 'pass', 'fail'],
    ['/dev/mapper', 'directory', 'pass', 'fail'],
    ['', null, 'pass', 'pass'],
  ] as const)('%s (%s): %s, raw %s', (host, type, other, raw) => {
    expect(judge('other', host, type)).toMatchObject([{ outcome: other }]);
    expect(judge('raw', host, type)).toMatchObject([{ outcome: raw }]);
  });

  test.each([
    ['a *:* rwm', 'pass', 'fail'],
    ['b 8:* rmw', 'pass', 'fail'],
    ['c 13:* rwm', 'fail', 'pass'],
    ['c 1:1 rwm', 'pass', 'fail'],
    ['c *:* rwm', 'pass', 'fail'],
    ['c 1:* r', 'pass', 'fail'],
    ['c 1:3 rwm', 'pass', 'pass'],
    ['c 195:* rwm', 'pass', 'pass'],
    ['c 226:128 rw', 'pass', 'pass'],
    ['c 1:11 rwm', 'fail', 'pass'],
    ['c 1955:* rwm', 'fail', 'pass'],
    ['b *:* m', 'pass', 'pass'],
    ['a *:* m', 'pass', 'fail'],
    ['c 10:1 rwm', 'fail', 'pass'],
  ])('cgroup rule %s: %s, raw %s', (rule, other, raw) => {
    expect(judge('other', '', null, [rule])).toMatchObject([{ outcome: other }]);
    expect(judge('raw', '', null, [rule])).toMatchObject([{ outcome: raw }]);
  });

  test('a pass stands on the cgroup rules too', () => {
    expect(judge('raw', '')).toMatchObject([
      { outcome: 'pass', evidence: [{ setting: 'devices' }, { setting: 'deviceRules' }] },
    ]);
  });

  test('not-applicable without containers', () => {
    const verdicts = evaluate(workloadDevice, { workloads: [] }, { ...params, kind: 'raw' });
    expect(verdicts).toMatchObject([{ outcome: 'not-applicable' }]);
  });
});
