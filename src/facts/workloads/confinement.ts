import * as z from 'zod';
import type { Confinement, SeccompMode } from './workload.ts';

/** Takes `docker run --security-opt` values apart; the last of a kind wins, as in the engine. */
export function confinementOf(options: readonly string[]): Confinement {
  let noNewPrivileges: Confinement['noNewPrivileges'] = 'default';
  let seccomp: Confinement['seccomp'] = 'default';
  let appArmor: Confinement['appArmor'] = 'default';
  for (const option of options) {
    const [, key = '', value = ''] = /^([a-z-]+)(?:[=:]([\s\S]*))?$/.exec(option) ?? [];
    if (key === 'no-new-privileges') noNewPrivileges = !/^(?:0|f|false)$/i.test(value);
    else if (key === 'seccomp') seccomp = seccompModeOf(value);
    else if (key === 'apparmor') appArmor = value === 'unconfined' ? 'off' : 'profile';
  }
  return { noNewPrivileges, seccomp, appArmor };
}

/** The options without the text of inline profiles. */
export function shortened(options: readonly string[]): string[] {
  return options.map((option) => option.replace(/^(seccomp[=:])\s*\{[\s\S]*$/, '$1{…}'));
}

const Profile = z.object({
  defaultAction: z.string(),
  syscalls: z.array(z.object({ action: z.string() })).nullish(),
});

/** Actions that let a system call happen; see seccomp_rule_add(3). */
const permits = new Set(['SCMP_ACT_ALLOW', 'SCMP_ACT_LOG']);

/**
 * What a seccomp option comes to. The engine stores a profile's own text, so an allow-all profile
 * looks like any other until it is read.
 */
export function seccompModeOf(value: string): SeccompMode | 'default' {
  if (value === 'unconfined') return 'off';
  if (value === 'default' || value === 'builtin') return 'default';
  let json: unknown;
  try {
    json = JSON.parse(value);
  } catch {
    return 'unreadable';
  }
  const profile = Profile.safeParse(json);
  if (!profile.success) return 'unreadable';
  const { defaultAction, syscalls } = profile.data;
  const actions = [defaultAction, ...(syscalls ?? []).map(({ action }) => action)];
  if (actions.every((action) => permits.has(action))) return 'off';
  // What forbids some calls and allows the rest: which calls these are decides, and nobody here weighs them.
  return permits.has(defaultAction) ? 'unreadable' : 'profile';
}
