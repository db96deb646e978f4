/** Security updates do not install themselves: a part of what it takes is missing or off. */
import * as z from 'zod';
import type { Citation, Verdict } from '../../engine/check.ts';
import { defineCheck, pass, theHost, undetermined } from '../../engine/check.ts';
import type { AptSetting } from '../../facts/updates/apt-conf.ts';
import { lastSetting, listSetting } from '../../facts/updates/apt-conf.ts';
import type { AutomaticUpdates } from '../../facts/updates/automatic-updates.ts';
import { automaticUpdatesFact } from '../../facts/updates/automatic-updates.ts';

const messages = {
  off: 'Security updates do not install themselves: {faults}. Known holes stay open until somebody remembers.',
};

export const autoUpdates = defineCheck({
  id: 'auto-updates',
  needs: { updates: automaticUpdatesFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ updates }): Verdict<typeof messages>[] => {
    if (updates === null)
      return [undetermined('only apt’s automatic updates are known to aisec, and apt is not here')];
    const faults = faultsOf(updates);
    const origin = securityOrigin(updates.settings);
    const { unitsOff } = updates;
    if (faults.length === 0 && unitsOff.state === 'unknown') return [undetermined(unitsOff.detail)];
    if (faults.length === 0) return [pass(theHost, ...(origin === null ? [] : [cite(origin)]))];
    const evidence = faults.flatMap(({ citation }) => (citation === null ? [] : [citation]));
    const data = { faults: faults.map(({ what }) => what).join(', ') };
    return [{ outcome: 'fail', message: 'off', subject: theHost, data, evidence }];
  },
});

interface Fault {
  readonly what: string;
  readonly citation: Citation | null;
}

function faultsOf({ installed, settings, unitsOff }: AutomaticUpdates): readonly Fault[] {
  const faults: Fault[] = [];
  if (!installed) {
    const citation = { source: '/var/lib/dpkg/status', line: null, excerpt: null };
    faults.push({ what: 'unattended-upgrades is not installed', citation });
  }
  const enable = lastSetting(settings, 'APT::Periodic::Enable');
  if (enable !== null && isZero(enable.value)) {
    faults.push({ what: 'APT::Periodic::Enable is 0', citation: cite(enable) });
  }
  for (const name of ['Update-Package-Lists', 'Unattended-Upgrade']) {
    const setting = lastSetting(settings, `APT::Periodic::${name}`);
    if (setting === null) faults.push({ what: `APT::Periodic::${name} is not set`, citation: null });
    else if (isZero(setting.value)) {
      faults.push({ what: `APT::Periodic::${name} is ${setting.value || 'empty'}`, citation: cite(setting) });
    }
  }
  for (const unit of unitsOff.state === 'known' ? unitsOff.value : []) {
    faults.push({
      what: `${unit} is off`,
      citation: { source: `systemctl show ${unit}`, line: null, excerpt: null },
    });
  }
  if (securityOrigin(settings) === null && installed) {
    faults.push({ what: 'no security origin is allowed', citation: null });
  }
  return faults;
}

/** apt.systemd.daily takes a number of days, a number with a unit, or `always`. */
function isZero(value: string): boolean {
  return value !== 'always' && !/[1-9]/.test(value);
}

/** An origin that security updates come under: named so, or a pattern that takes everything. ESM is for subscribers. */
function securityOrigin(settings: readonly AptSetting[]): AptSetting | null {
  const origins = [
    ...listSetting(settings, 'Unattended-Upgrade::Allowed-Origins'),
    ...listSetting(settings, 'Unattended-Upgrade::Origins-Pattern'),
  ];
  return (
    origins.find(
      ({ value }) =>
        (/security/i.test(value) && !value.includes('ESM')) || /^(?:\*:\*|(?:origin|o|site)=\*)$/.test(value),
    ) ?? null
  );
}

function cite({ source, line, name, value }: AptSetting): Citation {
  return { source, line, excerpt: `${name} "${value}"` };
}
