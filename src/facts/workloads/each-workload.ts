import type { Messages, Verdict } from '../../engine/check.ts';
import { notApplicable } from '../../engine/check.ts';
import type { Workload } from './workload.ts';

/** Every workload's verdicts; where there is no workload, there is nothing to judge. */
export function eachWorkload<const M extends Messages>(
  workloads: readonly Workload[],
  judge: (workload: Workload) => readonly Verdict<M>[],
): readonly Verdict<M>[] {
  return workloads.length === 0 ? [notApplicable('there are no containers')] : workloads.flatMap(judge);
}
