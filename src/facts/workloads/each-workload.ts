import type { Messages, Verdict } from '../../engine/check.ts';
import { notApplicable, undetermined } from '../../engine/check.ts';
import type { Setting } from './setting.ts';
import { settingNames } from './setting.ts';
import type { Workload } from './workload.ts';

/**
 * Every workload's verdicts; where there is no workload, there is nothing to judge.
 *
 * @param about - settings that a pass stands on: where the workload's source does not hold them, there is none
 */
export function eachWorkload<const M extends Messages>(
  workloads: readonly Workload[],
  judge: (workload: Workload) => readonly Verdict<M>[],
  about: readonly Setting[] = [],
): readonly Verdict<M>[] {
  if (workloads.length === 0) return [notApplicable('there are no containers')];
  return workloads.flatMap((workload) =>
    judge(workload).map((verdict) => inItsPlace(workload, asSeen(workload, verdict, about))),
  );
}

function asSeen<const M extends Messages>(
  { name, unseen, origin }: Workload,
  verdict: Verdict<M>,
  about: readonly Setting[],
): Verdict<M> {
  const missing = about.filter((setting) => unseen.includes(setting));
  if (verdict.outcome !== 'pass' || missing.length === 0) return verdict;
  const words = missing.map((setting) => settingNames[setting].engine).join(', ');
  const because = `${origin} does not hold ${words} of \`${name}\`, which Podman keeps in its database: podman inspect tells`;
  return { ...undetermined(because, verdict.subject), evidence: verdict.evidence ?? [] };
}

/** What a file describes is put right there; what another engine than root's Docker has, by its own commands. */
function inItsPlace<const M extends Messages>({ source, engine }: Workload, verdict: Verdict<M>): Verdict<M> {
  if (verdict.outcome !== 'fail') return verdict;
  if (source === 'compose' || source === 'kubernetes') return { ...verdict, variant: source };
  if (source === 'podman') return { ...verdict, variant: source, foreign: true };
  return engine?.startsWith('/run/user/') === true
    ? { ...verdict, variant: 'rootless', foreign: true }
    : verdict;
}
