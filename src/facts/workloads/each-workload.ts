import type { Messages, Verdict } from '../../engine/check.ts';
import { notApplicable } from '../../engine/check.ts';
import type { Workload } from './workload.ts';

/** Every workload's verdicts; where there is no workload, there is nothing to judge. */
export function eachWorkload<const M extends Messages>(
  workloads: readonly Workload[],
  judge: (workload: Workload) => readonly Verdict<M>[],
): readonly Verdict<M>[] {
  if (workloads.length === 0) return [notApplicable('there are no containers')];
  return workloads.flatMap((workload) => judge(workload).map((verdict) => inItsPlace(workload, verdict)));
}

/** What a file describes is put right there. */
function inItsPlace<M extends Messages>({ source }: Workload, verdict: Verdict<M>): Verdict<M> {
  const isDescribed = source === 'compose' || source === 'kubernetes';
  return isDescribed && verdict.outcome === 'fail' ? { ...verdict, variant: source } : verdict;
}
