import type { Citation } from '../../engine/check.ts';
import type { AiService } from './ai-services.ts';
import type { Credential } from './catalogue.ts';
import { matches, settingOf } from './settings.ts';

/**
 * What is known of the password or key that a service asks for.
 *
 * - `well-known`: one that everybody knows is written down, or holds because none is set
 * - `own`: one is set that not everybody knows
 * - `none`: it takes none, or none is set and nothing holds in its place
 * - `unknown`: it is kept in a file, or one that is set counts only where it was there at the first start
 */
export type ServiceCredential =
  | { readonly state: 'own'; readonly evidence: readonly Citation[] }
  | { readonly state: 'none'; readonly evidence: readonly Citation[] }
  | {
      readonly state: 'well-known';
      readonly credential: Credential;
      /** Whether it is written down, and not what holds where nothing is. */
      readonly written: boolean;
      readonly evidence: readonly Citation[];
    }
  | { readonly state: 'unknown'; readonly because: string; readonly evidence: readonly Citation[] };

export function credentialOf(service: AiService): ServiceCredential {
  const read = service.service.credentials.map((credential) => ({
    credential,
    value: settingOf(service, credential.setting),
  }));
  const evidence = read.map(({ value }) => value.citation);
  const isSet = (each: (typeof read)[number], match: Parameters<typeof matches>[0]) =>
    each.value.state === 'known' && matches(match, each.value.value, each.credential.setting.kind);
  const weak = read.find((each) => isSet(each, { wellKnown: true }));
  if (weak !== undefined) {
    return {
      state: 'well-known',
      credential: weak.credential,
      written: true,
      evidence: [weak.value.citation],
    };
  }
  const byDefault = read.find(({ credential }) => credential.unset !== null)?.credential;
  const set = read.filter((each) => isSet(each, { set: true }));
  const own = set.find(({ credential }) => !namesFile(credential));
  if (own !== undefined) {
    if (!own.credential.initial || byDefault === undefined)
      return { state: 'own', evidence: [own.value.citation] };
    const because = `${own.credential.setting.name} counts at the first start alone: where it was set later, it is still ${String(byDefault.unset)} or what somebody made of it; try to log in with that`;
    return { state: 'unknown', because, evidence: [own.value.citation] };
  }
  const [kept] = set;
  if (kept !== undefined) {
    const path = kept.value.state === 'known' ? (kept.value.value ?? '').trim() : '';
    const file = path.startsWith('/') ? path : `the file that ${kept.credential.setting.name} names`;
    return {
      state: 'unknown',
      because: `its password is kept in ${file}, which was not read`,
      evidence: [kept.value.citation],
    };
  }
  const unseen = read.find(({ value }) => value.state === 'unknown')?.value;
  if (unseen?.state === 'unknown') return { state: 'unknown', because: unseen.because, evidence };
  if (byDefault === undefined) return { state: 'none', evidence };
  return { state: 'well-known', credential: byDefault, written: false, evidence };
}

/** `GF_SECURITY_ADMIN_PASSWORD__FILE`, `MINIO_CONFIG_ENV_FILE`: what it names holds the password. */
function namesFile({ setting }: Credential): boolean {
  return /_FILE$/i.test(setting.name);
}
