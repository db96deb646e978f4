/** A container lacks one of the plain guards that are either on or off. */
import * as z from 'zod';
import type { Citation, Verdict } from '../../engine/check.ts';
import { defineCheck, pass, undetermined } from '../../engine/check.ts';
import { citeSetting, workloadData } from '../../facts/workloads/cite.ts';
import { eachWorkload } from '../../facts/workloads/each-workload.ts';
import { leftOpen, linuxAlone } from '../../facts/workloads/left-open.ts';
import type { Workload } from '../../facts/workloads/workload.ts';
import { workloadsFact } from '../../facts/workloads/workloads.ts';

const messages = {
  'capabilities-kept':
    '`{name}` does not drop all capabilities: its root keeps rights that the program most likely never needs.',
  'writable-root':
    '`{name}` can write to its own root filesystem: who breaks into it can change its programs and stay.',
  'unmasked-proc':
    '`{name}` sees /proc unmasked: it can read kernel memory addresses and write kernel settings that belong to the host.',
  'no-healthcheck': '`{name}` has no health check: a process that hangs, or was made to, counts as running.',
  'restart-unbounded':
    '`{name}` restarts for ever (restart: always) and has no health check: a crash loop, or an exploit that crashes it until it works, goes unnoticed.',
  'default-bridge':
    '`{name}` is on the default bridge: every other container there can reach all of its ports.',
};
type Flag = keyof typeof messages;

/** What is bad of a workload, `null` where only its image says; and the settings that show it. */
type Judgement = readonly [bad: boolean | null, ...Citation[]];

const flags: Readonly<Record<Flag, (workload: Workload) => Judgement>> = {
  'capabilities-kept': (workload) => [
    // Added ALL comes before dropped ALL.
    workload.privileged || workload.capAdd.includes('ALL') || !workload.capDrop.includes('ALL'),
    citeSetting(workload, 'capDrop', workload.capDrop),
    citeSetting(workload, 'capAdd', workload.capAdd),
  ],
  'writable-root': (workload) => [
    !workload.readonlyRootfs,
    citeSetting(workload, 'readOnly', workload.readonlyRootfs),
  ],
  'unmasked-proc': (workload) => [
    !workload.maskedProc,
    workload.privileged
      ? citeSetting(workload, 'privileged', true)
      : citeSetting(workload, 'maskedPaths', workload.maskedProc ? 'default' : []),
    // Compose knows it as one of these options alone.
    ...(workload.source === 'compose' && workload.maskedProc
      ? [citeSetting(workload, 'securityOpt', workload.securityOpt)]
      : []),
  ],
  'no-healthcheck': (workload) => [
    isUnchecked(workload),
    citeSetting(workload, 'healthcheck', workload.healthcheck),
  ],
  'restart-unbounded': (workload) => [
    workload.unseen.includes('restart') ? null : workload.restart === 'always' && isUnchecked(workload),
    citeSetting(workload, 'restart', workload.restart),
    citeSetting(workload, 'healthcheck', workload.healthcheck),
  ],
  'default-bridge': (workload) => [
    workload.source === 'docker' && workload.networks.includes('bridge'),
    citeSetting(workload, 'networks', workload.networks),
  ],
};

/** An image may bring a check of its own, which a mere command line does not show. */
function isUnchecked({ healthcheck, state, source, unseen }: Workload): boolean | null {
  // Kubernetes knows its own probes alone.
  if (source === 'kubernetes') return healthcheck !== 'set';
  if (unseen.includes('healthcheck')) return null;
  return healthcheck === null && state === 'declared' ? null : healthcheck !== 'set';
}

const ofLinux: ReadonlySet<Flag> = new Set<Flag>(['capabilities-kept', 'writable-root', 'unmasked-proc']);

/** Why a flag is not judged for a workload of this source; `null` where it is. */
function openFlag(workload: Workload, flag: Flag): string | null {
  const foreign = ofLinux.has(flag) ? linuxAlone(workload.os) : null;
  if (foreign !== null) return foreign;
  if (flag === 'default-bridge' || flag === 'restart-unbounded') return leftOpen(workload, flag);
  const endsByItself = workload.restart !== 'always' && workload.healthcheck !== 'set';
  return flag === 'no-healthcheck' && endsByItself ? leftOpen(workload, 'run-to-end') : null;
}

export const workloadFlag = defineCheck({
  id: 'workload-flag',
  needs: { workloads: workloadsFact },
  params: z.strictObject({ flag: z.enum(Object.keys(messages) as [Flag, ...Flag[]]) }),
  messages,
  evaluate: ({ workloads }, { flag }) =>
    eachWorkload<typeof messages>(
      workloads,
      (workload): Verdict<typeof messages>[] => {
        const { name } = workload;
        const open = openFlag(workload, flag);
        if (open !== null) return [{ outcome: 'not-applicable', subject: name, because: open }];
        const [bad, ...evidence] = flags[flag](workload);
        if (bad === null) {
          const because = workload.unseen.includes('healthcheck')
            ? `Podman keeps the health check and restart policy of \`${name}\` in its database: podman inspect tells`
            : `whether the image ${workload.image.reference} brings a health check is not known: start \`${name}\` and run again`;
          return [{ ...undetermined(because, name), evidence }];
        }
        if (!bad) return [pass(name, ...evidence)];
        const data = workloadData(workload);
        return [{ outcome: 'fail', message: flag, subject: name, data, evidence }];
      },
      flag === 'unmasked-proc' ? ['maskedPaths'] : [],
    ),
});
