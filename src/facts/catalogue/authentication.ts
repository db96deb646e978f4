import type { Citation } from '../../engine/check.ts';
import { isWellKnown } from '../../host/mask.ts';
import { remembered } from '../remember.ts';
import type { AiService } from './ai-services.ts';
import type { Condition } from './catalogue.ts';
import { conditionOf } from './settings.ts';

/**
 * What a service asks of a client, by its settings.
 *
 * - `proved`: a credential that not everybody knows
 * - `partial`: the same, but a stranger can use or change it by ways that the credential does not guard
 * - `none`: nothing, or a credential that everybody knows
 * - `unknown`: its settings do not tell, or were not wholly seen
 */
export interface Authentication {
  readonly state: 'proved' | 'partial' | 'none' | 'unknown';
  /** Why, as a clause after the service's name: "takes no credential". */
  readonly because: string;
  readonly evidence: readonly Citation[];
}

/** Whether a service is proved to ask for a credential; its catalogue entry says what proves it. */
export const authenticationOf = remembered((service: AiService): Authentication => {
  const { auth, confirmed } = service.service;
  if (service.by === 'port') return unknownBecause('is only guessed by its port');
  if (confirmed === 'memory') return unknownBecause('is not known well enough: nobody read its source');
  const off = auth.disabledBy.map((group) => judge(service, group));
  const on = auth.enabledBy.map((group) => judge(service, group));
  const switchedOff = off.find(({ holds }) => holds === true);
  if (switchedOff !== undefined) {
    return {
      state: 'none',
      because: `has authentication switched off by ${switchedOff.names}`,
      evidence: switchedOff.evidence,
    };
  }
  const doubt = off.find(({ holds }) => holds === null);
  const proof = on.find(({ holds, weak }) => holds === true && !weak);
  if (proof !== undefined || auth.default === 'required') {
    if (doubt !== undefined) return { ...unknownBecause(doubt.because), evidence: doubt.evidence };
    return proved(service, proof);
  }
  const weak = on.find((group) => group.weak);
  if (weak !== undefined) {
    return {
      state: 'none',
      because: `takes a credential that everybody knows (${weak.names})`,
      evidence: weak.evidence,
    };
  }
  if (auth.default === 'claimable') {
    return unknownBecause(
      'asks for an account, but whoever comes first, or knows the default, has it until somebody claimed it',
    );
  }
  const open = on.find(({ holds }) => holds === null);
  if (open !== undefined) return { ...unknownBecause(open.because), evidence: open.evidence };
  return {
    state: 'none',
    because: 'asks for no credential',
    evidence: on.flatMap(({ evidence }) => evidence),
  };
});

interface Judged {
  /** `null`: it cannot be told. */
  readonly holds: boolean | null;
  /** It holds by a credential that everybody knows. */
  readonly weak: boolean;
  readonly names: string;
  readonly because: string;
  readonly evidence: readonly Citation[];
}

/** A group holds when all of its conditions do, and does not as soon as one does not. */
function judge(service: AiService, group: readonly Condition[]): Judged {
  const values = group.map((condition) => conditionOf(service, condition));
  const unknown = values.find(({ state }) => state === 'unknown');
  const failed = values.some(({ state, holds }) => state === 'known' && !holds);
  const known = values.map((each) => (each.state === 'known' ? each.value : null));
  return {
    holds: failed ? false : unknown === undefined ? true : null,
    weak:
      !failed && group.some(({ when }, index) => 'set' in when && isWellKnown(known[index]?.trim() ?? '')),
    names: group
      .flatMap(({ setting, when }) => ('unset' in when || 'absent' in when ? [] : [setting.name]))
      .join(' and '),
    because: unknown?.state === 'unknown' ? unknown.because : '',
    evidence: values.map(({ citation }) => citation),
  };
}

function proved({ service }: AiService, proof: Judged | undefined): Authentication {
  const { auth } = service;
  const evidence = proof?.evidence ?? [];
  const how =
    proof === undefined ? 'asks for a credential by default' : `asks for a credential (${proof.names})`;
  return auth.remainsOpen?.usable === true
    ? { state: 'partial', because: `${how}, but ${auth.remainsOpen.what}`, evidence }
    : { state: 'proved', because: how, evidence };
}

function unknownBecause(because: string): Authentication {
  return { state: 'unknown', because, evidence: [] };
}
