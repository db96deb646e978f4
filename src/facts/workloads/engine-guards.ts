import type { Host } from '../../host/host.ts';
import { seccompModeOf } from './confinement.ts';
import type { EngineInfo } from './engine-answers.ts';
import type { ConfiguredEngine } from './engine-configuration.ts';
import { mayDiffer, textOption } from './engine-configuration.ts';
import type { Confinement } from './workload.ts';

/** The profile that it gives a container which names none; `null` where that is not known. */
export async function seccompOf(
  host: Host,
  told: EngineInfo | null,
  configured: ConfiguredEngine,
): Promise<Confinement['seccomp'] | 'absent' | null> {
  const option = told?.security.find((each) => /^name=seccomp(?:,|$)/.test(each));
  if (told !== null && option === undefined) return 'absent';
  const said = /profile=([^,]*)/.exec(option ?? '')?.[1] ?? null;
  if (said === null && told === null && mayDiffer(configured, 'seccomp-profile')) return null;
  const profile = said ?? textOption(configured.options, 'seccomp-profile');
  if (profile === null || profile === '') {
    return told === null && configured.gaps.length > 0 ? null : 'default';
  }
  if (!profile.startsWith('/')) return seccompModeOf(profile);
  const text = await host.read(profile);
  return text.state === 'known' && text.value !== null ? seccompModeOf(text.value) : 'unreadable';
}

/** An engine without apparmor_parser says nothing of AppArmor, and leaves every container unconfined. */
export async function appArmorOf(
  host: Host,
  told: boolean | null,
  rootless: boolean | null,
): Promise<'on' | 'unused' | 'absent' | null> {
  if (told === true) return 'on';
  if (rootless === true) return 'absent';
  if (!host.origin.running) return null;
  const enabled = await host.read('/sys/module/apparmor/parameters/enabled');
  if (enabled.state === 'unknown') return null;
  if (enabled.value?.trim() !== 'Y') return 'absent';
  return told === null ? 'on' : 'unused';
}
