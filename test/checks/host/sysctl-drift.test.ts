import { describe, expect, test } from '@jest/globals';
import { sysctlDrift } from '../../../src/checks/host/sysctl-drift.ts';
import { parseSysctl } from '../../../src/facts/sysctl/configured.ts';
import { sysctlKeys } from '../../../src/facts/sysctl/running.ts';
import { known, unknown } from '../../../src/host/evidence.ts';
import { evaluate } from '../../harness/evaluate.ts';

const key = 'kernel.sysrq';
const absent = Object.fromEntries(sysctlKeys.map((each) => [each, known(null, '/proc/sys')]));
const configured = { lines: parseSysctl(`${key} = 0`, '/etc/sysctl.d/a.conf'), later: [] };

describe('sysctl-drift', () => {
  test.each([
    ['pass', known('0', '/proc/sys/kernel/sysrq')],
    ['fail', known('438', '/proc/sys/kernel/sysrq')],
    ['undetermined', unknown('denied', 'may not be read', '/proc/sys/kernel/sysrq')],
    ['not-applicable', known(null, '/proc/sys/kernel/sysrq')],
  ])('%s', (outcome, now) => {
    const verdicts = evaluate(sysctlDrift, { running: { ...absent, [key]: now }, configured });
    expect(verdicts).toMatchObject([{ outcome }]);
  });

  test('forwarding that a program switched on is kept by the fix, not switched off', () => {
    const forward = 'net.ipv4.ip_forward';
    const running = { ...absent, [forward]: known('1', '/proc/sys/net/ipv4/ip_forward') };
    const lines = parseSysctl(`${forward} = 0`, '/etc/sysctl.d/a.conf');
    expect(evaluate(sysctlDrift, { running, configured: { lines, later: [] } })).toMatchObject([
      { outcome: 'fail', message: 'forwarding' },
    ]);
  });

  test('a failure shows the line that boot will read', () => {
    const running = { ...absent, [key]: known('438', '/proc/sys/kernel/sysrq') };
    expect(evaluate(sysctlDrift, { running, configured })).toMatchObject([
      {
        subject: key,
        data: { running: '438', configured: '0' },
        evidence: [{ source: '/etc/sysctl.d/a.conf', line: 1 }, {}],
      },
    ]);
  });
});
