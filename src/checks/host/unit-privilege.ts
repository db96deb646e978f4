/** A unit runs as root. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, pass, undetermined } from '../../engine/check.ts';
import { gapsOf } from '../../host/evidence.ts';
import { processesFact } from '../../facts/processes.ts';
import type { Process } from '../../facts/processes.ts';
import { citeUnitSetting, dropInData } from '../../facts/units/cite.ts';
import { eachServingUnit } from '../../facts/units/each-unit.ts';
import { holdsCredential } from '../../facts/units/exec-credential.ts';
import type { ExecCommand, Unit } from '../../facts/units/unit.ts';
import { unitsFact } from '../../facts/units/units.ts';

const messages = {
  root: '`{unit}` runs as root: whoever finds a hole in the service owns this machine.',
  prefix:
    '`{unit}` starts its program with `{prefix}` in ExecStart=, which runs it as root whatever User= says: whoever finds a hole in it owns this machine.',
  process:
    '`{unit}` sets User={user}, and its process {pid} runs as root all the same: whoever finds a hole in it owns this machine.',
};

export const unitPrivilege = defineCheck({
  id: 'unit-privilege',
  needs: { units: unitsFact },
  optional: { processes: processesFact },
  params: z.strictObject({
    /** Services of the catalogue that manage the host itself. */
    except: z.array(z.string()).default([]),
  }),
  messages,
  evaluate: ({ units, processes }, { except }) =>
    eachServingUnit<typeof messages>(units, except, (unit): Verdict<typeof messages>[] => {
      const subject = unit.name;
      const { User: setting } = unit.settings;
      if (setting === undefined) return [undetermined(`User= of ${subject} is not known`, subject)];
      const running = (processes.state === 'known' ? processes.value : []).filter(
        (process) => process.unit === subject && process.containerId === null,
      );
      const citation = citeUnitSetting('User', setting);
      const asRoot = running.find(({ uid }) => uid === 0);
      const privileged = unit.execStart.find(isPrivileged);
      const data = { ...dropInData(unit, 'user', [setting]), unit: subject, account: accountOf(unit) };
      if (privileged !== undefined && !isDropped(running)) {
        const prefix = /[+!]/.exec(privileged.prefixes)?.[0] ?? '+';
        const evidence = [privileged.citation];
        const more = { ...data, ...commandData(unit, privileged), prefix };
        return [{ outcome: 'fail', message: 'prefix', subject, data: more, evidence }];
      }
      if (isRoot(setting.value)) {
        if (isDropped(running)) {
          const because = `which users the processes of ${subject} run as was not wholly seen: run as root`;
          const whole = gapsOf(processes).length === 0;
          return [
            whole ? pass(subject, citation, ...running.map(citeProcess)) : undetermined(because, subject),
          ];
        }
        if (unit.unseen !== null) return [undetermined(`${unit.unseen}: it may set User=`, subject)];
        return [{ outcome: 'fail', message: 'root', subject, data, evidence: [citation] }];
      }
      if (asRoot === undefined) return [pass(subject, citation)];
      const more = { ...data, user: setting.value, pid: asRoot.pid };
      return [{ outcome: 'fail', message: 'process', subject, data: more, evidence: [citeProcess(asRoot)] }];
    }),
});

/** DynamicUser= without an account of its own gives one; `User=root` beside it stays root. */
function isRoot(user: string): boolean {
  return user === '' || user === 'root' || /^0+$/.test(user);
}

/** `+` and `!` keep root; `!!` does so only on kernels that systemd no longer supports. */
function isPrivileged({ prefixes }: ExecCommand): boolean {
  return prefixes.includes('+') || /(?<!!)!(?!!)/.test(prefixes);
}

/** Started as root, and gave it up by itself: nothing of it runs as root now. */
function isDropped(running: readonly Process[]): boolean {
  return running.length > 0 && running.every(({ uid }) => uid > 0);
}

function citeProcess({ pid, uid }: Process) {
  return { source: `/proc/${String(pid)}/status`, line: null, excerpt: `Uid: ${String(uid)}` };
}

function accountOf({ service, name }: Unit): string {
  return service ?? name.replace(/[@.].*$/, '');
}

/** The same command without the prefix, where it is the only one and holds no secret. */
function commandData({ execStart }: Unit, { argv, citation, prefixes }: ExecCommand): { command?: string } {
  const line = (citation.excerpt ?? '').replace(/^ExecStart=/, '');
  if (execStart.length !== 1 || line.includes('<masked') || holdsCredential(argv)) return {};
  return { command: prefixes.replace(/[+!]/g, '') + line.slice(prefixes.length) };
}
