import type { Citation, Messages, Verdict } from '../../engine/check.ts';
import { notApplicable, undetermined } from '../../engine/check.ts';
import { settingNames } from './setting.ts';
import type { Workload } from './workload.ts';

/** Every workload's verdicts; where there is no workload, there is nothing to judge. */
export function eachWorkload<const M extends Messages>(
  workloads: readonly Workload[],
  judge: (workload: Workload) => readonly Verdict<M>[],
): readonly Verdict<M>[] {
  if (workloads.length === 0) return [notApplicable('there are no containers')];
  return workloads.flatMap((workload) => judge(workload).map((verdict) => asFarAsKnown(workload, verdict)));
}

/** Puts a verdict where its file is to be changed, and takes back what rests on a setting that is not known. */
export function asFarAsKnown<const M extends Messages>(workload: Workload, verdict: Verdict<M>): Verdict<M> {
  const why = doubtOf(workload, verdict);
  return why === null
    ? inItsPlace(workload, verdict)
    : { ...undetermined(why, verdict.subject), ...evidenceOf(verdict) };
}

/** What a file describes is put right there. */
function inItsPlace<M extends Messages>({ source }: Workload, verdict: Verdict<M>): Verdict<M> {
  const isDescribed = source === 'compose' || source === 'kubernetes';
  return isDescribed && verdict.outcome === 'fail' ? { ...verdict, variant: source } : verdict;
}

/** Of these a failure shows an entry that is there; of the others, the very value that is not known. */
const lists = new Set([
  ...['cap_add', 'cap_drop', 'security_opt', 'group_add', 'volumes', 'devices', 'device_cgroup_rules'],
  ...['ports', 'networks', 'environment', 'command', 'labels'],
]);

/**
 * Why a verdict does not follow; `null` where it does. A verdict rests on the settings that it cites, and every pass
 * on the container not being privileged.
 */
function doubtOf({ unsettled, image }: Workload, verdict: Verdict): string | null {
  if (unsettled.size === 0) return null;
  const cited = Object.entries(settingNames).flatMap(([setting, { compose }]) => {
    const why = unsettled.get(setting);
    const isCited = (evidenceOf(verdict).evidence ?? []).some(
      ({ excerpt }) => excerpt?.split(/[ :]/)[0] === compose,
    );
    return why !== undefined && isCited ? [{ compose, why }] : [];
  });
  const [first] = cited;
  const scalar = cited.find(({ compose }) => !lists.has(compose));
  switch (verdict.outcome) {
    case 'pass':
      return sentence('privileged', unsettled.get('privileged')) ?? sentence(first?.compose, first?.why);
    case 'fail':
      return sentence(scalar?.compose, scalar?.why);
    case 'not-applicable':
      // What runs in it is not known, so neither is what it is no case of.
      return image.repository === '' || image.repository.includes('$')
        ? sentence('image', unsettled.get('image'))
        : null;
    default:
      return null;
  }
}

function sentence(setting: string | undefined, why: string | undefined): string | null {
  return setting === undefined || why === undefined ? null : `\`${setting}\` is not known: ${why}`;
}

function evidenceOf(verdict: Verdict): { evidence?: readonly Citation[] } {
  return 'evidence' in verdict ? { evidence: verdict.evidence } : {};
}
