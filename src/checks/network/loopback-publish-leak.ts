/** A container port published on loopback answers neighbours all the same. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import { citationsOf, doubtOf, socketOf } from '../../facts/exposure/cite.ts';
import type { Exposure } from '../../facts/exposure/exposure.ts';
import { exposureFact } from '../../facts/exposure/exposure.ts';
import { isLoopback } from '../../facts/exposure/socket-address.ts';
import type { Workload } from '../../facts/workloads/workload.ts';
import { workloadsFact } from '../../facts/workloads/workloads.ts';

const messages = {
  leak: 'Container {name} is published on {socket} for this machine alone, yet {from} on {interface} reach it ({way}): they need no published port.',
};

export const loopbackPublishLeak = defineCheck({
  id: 'loopback-publish-leak',
  needs: { exposures: exposureFact, workloads: workloadsFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ exposures, workloads }) => {
    const published = exposures.filter(({ workload, address }) => workload !== null && isLoopback(address));
    if (published.length === 0) return [notApplicable('no container port is published on loopback')];
    return published.flatMap((exposure) => judge(exposure, workloads));
  },
});

function judge(exposure: Exposure, workloads: readonly Workload[]): Verdict<typeof messages>[] {
  const { workload, scope, reachableFrom, path } = exposure;
  const name = workload ?? '';
  const subject = `container ${name} on ${socketOf(exposure)}`;
  const evidence = citationsOf(exposure);
  if (scope === 'unknown') return [{ ...undetermined(doubtOf(exposure), subject), evidence }];
  const outside = reachableFrom.filter(({ scopes }) => scopes.some((each) => each !== 'containers'));
  if (outside.length === 0) return [pass(subject, ...evidence)];
  const [address = ''] = workloads.find((each) => each.name === workload)?.addresses ?? [];
  // The first step is the publication, the second how it is asked for.
  const way = path[1] ?? 'by another way';
  return outside.map(({ interface: device, sources }) => ({
    outcome: 'fail',
    message: 'leak',
    subject: `${subject} over ${device}`,
    data: { name, socket: socketOf(exposure), from: sources.join(', '), interface: device, address, way },
    evidence,
  }));
}
