import { describe, expect, test } from '@jest/globals';
import { bruteForceGuardDown } from '../../../src/checks/access/brute-force-guard-down.ts';
import type { Guard } from '../../../src/facts/fail2ban/guards.ts';
import { evaluate } from '../../harness/evaluate.ts';

const guard = (changes: Partial<Guard>): Guard => ({
  name: 'fail2ban',
  installed: true,
  enabled: true,
  active: false,
  journal: [],
  citation: { source: 'systemctl show fail2ban.service', line: null, excerpt: null },
  ...changes,
});
const noLog =
  '2026-01-01 fail2ban [259]: ERROR   Failed during configuration: Have not found any log file for sshd jail';

describe('brute-force-guard-down', () => {
  test.each([
    ['pass', undefined, 'it runs', [guard({ active: true })]],
    ['pass', undefined, 'another one runs', [guard({}), guard({ name: 'crowdsec', active: true })]],
    [
      'fail',
      'noLog',
      'Debian 12 without a log file',
      [guard({ journal: [noLog, 'Failed with result exit-code'] })],
    ],
    ['fail', 'failed', 'a cause of another kind', [guard({ journal: ['ERROR  No section: sshd'] })]],
    ['fail', 'failed', 'a silent journal', [guard({})]],
    ['fail', 'disabled', 'neither started nor enabled', [guard({ enabled: false })]],
    ['undetermined', undefined, 'files alone', [guard({ active: null })]],
    ['not-applicable', undefined, 'none installed', [guard({ installed: false })]],
  ])('%s %s: %s', (outcome, message, _, guards) => {
    const [verdict] = evaluate(bruteForceGuardDown, { guards });
    expect(verdict).toMatchObject(message === undefined ? { outcome } : { outcome, message });
  });

  test('the jail at fault is named', () => {
    expect(evaluate(bruteForceGuardDown, { guards: [guard({ journal: [noLog] })] })).toMatchObject([
      { data: { jail: 'sshd' } },
    ]);
  });
});
