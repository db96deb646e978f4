import { describe, expect, test } from '@jest/globals';
import { autoUpdates } from '../../../src/checks/host/auto-updates.ts';
import { parseAptConf } from '../../../src/facts/updates/apt-conf.ts';
import type { AutomaticUpdates } from '../../../src/facts/updates/automatic-updates.ts';
import { known, unknown } from '../../../src/host/evidence.ts';
import { evaluate } from '../../harness/evaluate.ts';

const unseen = unknown('unsupported', 'systemctl did not tell', 'systemctl show');
const periodic = 'APT::Periodic::Update-Package-Lists "1"; APT::Periodic::Unattended-Upgrade "1";';
const origins = 'Unattended-Upgrade::Origins-Pattern:: "origin=Debian,codename=${distro_codename}-security";';
const updates = (text: string, changes: Partial<AutomaticUpdates> = {}): AutomaticUpdates => ({
  installed: true,
  settings: parseAptConf(text, '/etc/apt/apt.conf.d/x') ?? [],
  unitsOff: known([], 'systemctl show'),
  ...changes,
});

describe('auto-updates', () => {
  test.each([
    ['pass', 'all agree', updates(periodic + origins)],
    [
      'pass',
      'Ubuntu’s origins',
      updates(
        `${periodic}Unattended-Upgrade::Allowed-Origins { "\${distro_id}:\${distro_codename}-security"; };`,
      ),
    ],
    [
      'fail',
      'ESM’s archive is not the one of security updates',
      updates(`${periodic}Unattended-Upgrade::Allowed-Origins { "UbuntuESMApps:jammy-apps-security"; };`),
    ],
    ['fail', 'not installed', updates(periodic + origins, { installed: false })],
    [
      'fail',
      'a timer is off',
      updates(periodic + origins, { unitsOff: known(['apt-daily-upgrade.timer'], 'x') }),
    ],
    ['fail', 'switched off as a whole', updates(`${periodic}${origins}APT::Periodic::Enable "0";`)],
    [
      'fail',
      'a later file says never',
      updates(`${periodic}${origins}APT::Periodic::Unattended-Upgrade "0";`),
    ],
    ['pass', 'always', updates(`${periodic}${origins}APT::Periodic::Unattended-Upgrade "always";`)],
    ['fail', 'no periodic settings', updates(origins)],
    [
      'fail',
      'no security origin',
      updates(`${periodic}Unattended-Upgrade::Origins-Pattern:: "origin=Debian,label=Debian";`),
    ],
    ['undetermined', 'timers unseen', updates(periodic + origins, { unitsOff: unseen })],
    ['fail', 'off whatever the timers do', updates(origins, { unitsOff: unseen })],
    ['undetermined', 'no apt', null],
  ])('%s: %s', (outcome, _, given) => {
    expect(evaluate(autoUpdates, { updates: given })).toMatchObject([{ outcome }]);
  });
});
