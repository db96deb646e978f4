import { describe, expect, test } from '@jest/globals';
import { rebootRequired } from '../../../src/checks/host/reboot-required.ts';
import type { RebootState } from '../../../src/facts/updates/reboot.ts';
import { evaluate } from '../../harness/evaluate.ts';

const state = (
  running: string,
  installed: readonly string[],
  changes: Partial<RebootState> = {},
): RebootState => ({
  flaggedBy: null,
  running,
  installed,
  container: false,
  ...changes,
});

describe('reboot-required', () => {
  test.each([
    ['pass', state('6.1.0-26-amd64', ['6.1.0-9-amd64', '6.1.0-26-amd64'])],
    ['fail', state('6.1.0-9-amd64', ['6.1.0-9-amd64', '6.1.0-26-amd64'])],
    ['pass', state('6.1.0-26-amd64', ['6.1.0-26-amd64', '6.10.1-cloud-amd64'])],
    ['fail', state('5.15.0-91-generic', ['5.15.0-91-generic', '5.15.0-105-generic'])],
    ['pass', state('6.9.7+bpo-amd64', ['6.9.7+bpo-amd64', '6.1.0-26-amd64'])],
    ['fail', state('6.8.12-1-pve', ['6.8.12-1-pve', '6.8.12-4-pve'])],
    ['fail', state('6.1.0-37-amd64', ['6.1.0-37-amd64', '6.12.43+deb13-amd64'])],
    ['fail', state('6.1.0-0.deb11.13-amd64', ['6.1.0-0.deb11.13-amd64', '6.1.0-0.deb11.21-amd64'])],
    ['fail', state('5.14.0-362.8.1.el9_3.x86_64', ['5.14.0-427.13.1.el9_4.x86_64'])],
    ['pass', state('6.6.31+rpt-rpi-v8', ['6.6.31+rpt-rpi-v8', '6.6.62+rpt-rpi-2712'])],
    ['pass', state('6.1.0-26-rt-amd64', ['6.1.0-26-rt-amd64', '6.1.0-30-amd64'])],
    ['fail', state('6.1.0-26-amd64', ['6.1.0-26-amd64'], { flaggedBy: ['libc6'] })],
    ['fail', state('6.1.0', [], { container: true, flaggedBy: [] })],
    ['not-applicable', state('6.1.0', [], { container: true })],
    ['undetermined', state('6.1.99-custom', ['6.1.0-26-amd64'])],
    ['undetermined', state('6.1.0', [])],
  ])('%s: %j', (outcome, reboot) => {
    expect(evaluate(rebootRequired, { reboot })).toMatchObject([{ outcome }]);
  });
});
