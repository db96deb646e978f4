import type { Citation } from '../../engine/check.ts';
import type { AiService } from './ai-services.ts';
import type { Credential } from './catalogue.ts';
import { matches, settingOf } from './settings.ts';

/**
 * What is known of the password or key that a service asks for.
 *
 * - `well-known`: one that everybody knows is written down, or holds because none is set
 * - `own`: one is set that not everybody knows, or that is kept elsewhere
 * - `none`: it takes none, or none is set and nothing holds in its place
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
  const own = read.find((each) => isSet(each, { set: true }));
  if (own !== undefined) return { state: 'own', evidence: [own.value.citation] };
  const byDefault = read.find(({ credential }) => credential.unset !== null)?.credential;
  const unseen = read.find(({ value }) => value.state === 'unknown')?.value;
  if (unseen?.state === 'unknown') return { state: 'unknown', because: unseen.because, evidence };
  if (byDefault === undefined) return { state: 'none', evidence };
  return { state: 'well-known', credential: byDefault, written: false, evidence };
}
