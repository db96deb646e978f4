/** A guard of the kernel is off for a container: no-new-privileges, seccomp or AppArmor. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, pass, undetermined } from '../../engine/check.ts';
import { citeKernel, citeSetting, workloadData } from '../../facts/workloads/cite.ts';
import { eachWorkload } from '../../facts/workloads/each-workload.ts';
import { leftOpen, linuxAlone } from '../../facts/workloads/left-open.ts';
import type { Engine } from '../../facts/workloads/engine.ts';
import { engineOfWorkload, enginesFact } from '../../facts/workloads/engine.ts';
import type { KernelTruth, Workload } from '../../facts/workloads/workload.ts';
import { workloadsFact } from '../../facts/workloads/workloads.ts';

const messages = {
  kernel:
    '`{name}` runs without {guard}, as the kernel has it (pid {pid}), whatever it was configured with: {setting}.',
  'no-new-privileges':
    '`{name}` may gain privileges: a set-uid program in it makes root of any user (no-new-privileges is {setting}).',
  seccomp:
    '`{name}` may use every system call (seccomp is {setting}): the kernel’s whole surface is open to who breaks into it.',
  'seccomp-engine':
    '`{name}`, as every container here, may use every system call (seccomp is {setting}): the kernel’s whole surface is open to who breaks into it.',
  apparmor: '`{name}` runs without AppArmor ({setting}), although this host’s engine would confine it.',
  'apparmor-declared': '`{name}` runs without AppArmor ({setting}), also where its machine would confine it.',
  'apparmor-pod': '`{name}` runs without AppArmor ({setting}), also where its node would confine it.',
  'apparmor-engine':
    '`{name}`, as every container here, runs without AppArmor: this kernel has it, and the engine, which needs apparmor_parser for it, {setting}.',
};
const guardNames = ['no-new-privileges', 'seccomp', 'apparmor'] as const;
type Guard = (typeof guardNames)[number];

/** What is wrong, or that the guard is on; `null`: not known. `absent`: this host has no such guard. */
type State = { readonly message: keyof typeof messages; readonly setting: string } | 'on' | 'absent' | null;

const guards: Readonly<Record<Guard, (workload: Workload, engine: Engine | null) => State>> = {
  'no-new-privileges': ({ confinement: { noNewPrivileges }, source }, engine) => {
    const message = 'no-new-privileges';
    if (noNewPrivileges === true) return 'on';
    if (noNewPrivileges === false)
      return { message, setting: source === 'podman' ? 'not set' : 'switched off' };
    if (engine?.noNewPrivileges === true) return 'on';
    return engine?.noNewPrivileges === false ? { message, setting: 'not set' } : null;
  },
  seccomp: ({ confinement: { seccomp }, privileged }, engine) => {
    const message = 'seccomp';
    if (seccomp === 'off') return { message, setting: 'unconfined, or a profile that allows everything' };
    // Docker 20.10 gives a privileged container no filter, whatever profile it names.
    if (privileged) return { message, setting: 'off because the container is privileged' };
    if (seccomp === 'unreadable') return null;
    if (engine?.seccomp === 'absent') {
      return { message: 'seccomp-engine', setting: 'not supported by the engine or kernel' };
    }
    if (seccomp === 'profile') return 'on';
    if (engine?.seccomp === 'off') {
      return { message: 'seccomp-engine', setting: 'off by the engine’s default' };
    }
    return engine?.seccomp === 'default' || engine?.seccomp === 'profile' ? 'on' : null;
  },
  apparmor: ({ confinement: { appArmor }, privileged, source, state }, engine) => {
    const message = engine === null ? 'apparmor-declared' : 'apparmor';
    if (engine?.appArmor === 'absent') return 'absent';
    if (engine?.appArmor === 'unused') {
      return { message: 'apparmor-engine', setting: 'confines no container' };
    }
    if (appArmor === 'off') {
      // A Quadlet's machine may be here, with a kernel that has no AppArmor.
      const isJudged = engine !== null || (state === 'declared' && source !== 'podman');
      return isJudged ? { message, setting: 'unconfined' } : null;
    }
    if (appArmor === 'profile') return 'on';
    if (privileged) return { message, setting: 'off because the container is privileged' };
    return engine?.appArmor === 'on' ? 'on' : null;
  },
};

/** What a pod says is all there is: no engine of this machine runs it. */
const inPod: Readonly<Record<Guard, (workload: Workload) => State>> = {
  'no-new-privileges': ({ confinement }) =>
    confinement.noNewPrivileges === true
      ? 'on'
      : { message: 'no-new-privileges', setting: 'off unless allowPrivilegeEscalation is false' },
  seccomp: (workload) => guards.seccomp(workload, null),
  apparmor: ({ confinement: { appArmor } }) => {
    if (appArmor === 'profile') return 'on';
    const setting = appArmor === 'off' ? 'unconfined' : 'off because the container is privileged';
    return { message: 'apparmor-pod', setting };
  },
};

/** Why a guard that a pod does not speak of, or cannot, is not judged; `null` where it is. */
function openGuard(workload: Workload, guard: Guard): string | null {
  const foreign = linuxAlone(workload.os);
  if (foreign !== null || guard === 'no-new-privileges' || workload.privileged) return foreign;
  const { seccomp, appArmor } = workload.confinement;
  return (guard === 'seccomp' ? seccomp : appArmor) === 'default' ? leftOpen(workload, guard) : null;
}

/** What the kernel shows of each guard: `null` where it does not tell. */
const shown: Readonly<Record<Guard, (kernel: KernelTruth) => boolean | null>> = {
  'no-new-privileges': ({ noNewPrivileges }) => noNewPrivileges,
  // That it has a filter does not tell what the filter lets through.
  seccomp: ({ seccomp }) => (seccomp === 'off' ? false : null),
  apparmor: ({ appArmor }) => (appArmor === null ? null : appArmor === 'profile'),
};

const withoutIt: Readonly<Record<Guard, string>> = {
  'no-new-privileges': 'a set-uid program in it makes root of any user',
  seccomp: 'no filter of its own stands between it and the kernel’s whole surface',
  apparmor: 'it is unconfined, or its profile only complains',
};

const kernelWords: Readonly<Record<Guard, (kernel: KernelTruth) => [string, string]>> = {
  'no-new-privileges': ({ noNewPrivileges }) => ['status', `NoNewPrivs: ${String(Number(noNewPrivileges))}`],
  seccomp: ({ seccomp }) => ['status', `Seccomp: ${seccomp ?? 'not known to be its own'}`],
  apparmor: ({ appArmor }) => ['attr/current', appArmor ?? 'not seen'],
};

/**
 * The kernel corrects what was configured for the worse, and answers where the configuration did not. A guard that
 * is configured off stays so: what the program did for itself, the next process that is put into it lacks.
 */
function withKernel(state: State, { kernel }: Workload, guard: Guard): State {
  const seen = kernel === null ? null : shown[guard](kernel);
  if (seen === false && (state === 'on' || state === null))
    return { message: 'kernel', setting: withoutIt[guard] };
  return seen === true && state === null ? 'on' : state;
}

export const workloadConfinement = defineCheck({
  id: 'workload-confinement',
  needs: { workloads: workloadsFact },
  optional: { engines: enginesFact },
  params: z.strictObject({ guard: z.enum(guardNames) }),
  messages,
  evaluate: ({ workloads, engines }, { guard }) =>
    eachWorkload<typeof messages>(workloads, (workload): Verdict<typeof messages>[] => {
      const { name } = workload;
      const open = openGuard(workload, guard);
      if (open !== null) return [{ outcome: 'not-applicable', subject: name, because: open }];
      const known = engines.state === 'known' ? engineOfWorkload(workload, engines.value) : null;
      const isPod = workload.source === 'kubernetes';
      const configured = isPod ? inPod[guard](workload) : guards[guard](workload, known);
      const state = withKernel(configured, workload, guard);
      const evidence = [
        citeSetting(workload, 'securityOpt', workload.securityOpt),
        ...(workload.privileged ? [citeSetting(workload, 'privileged', true)] : []),
        ...(workload.kernel === null
          ? []
          : [citeKernel(workload.kernel, ...kernelWords[guard](workload.kernel))]),
      ];
      if (state === 'on') return [pass(name, ...evidence)];
      if (state === 'absent') {
        return [
          { outcome: 'not-applicable', subject: name, because: 'this kernel or engine has no AppArmor' },
        ];
      }
      if (state === null && isPod) {
        const because = `what the seccomp profile of \`${name}\` allows is a file of its node, which is not here to read`;
        return [{ ...undetermined(because, name), evidence }];
      }
      if (state === null) {
        const because = `what ${guard} the engine gives \`${name}\` could not be read: run as root, with the engine running`;
        return [{ ...undetermined(because, name), evidence }];
      }
      const { message, setting } = state;
      const file = known?.options['seccomp-profile']?.source ?? '';
      const data = {
        ...workloadData(workload),
        setting,
        guard,
        pid: workload.kernel?.pid ?? 0,
        ...(file.startsWith('/') ? { engineFile: file } : {}),
      };
      return [{ outcome: 'fail', message, subject: name, data, evidence }];
    }),
});
