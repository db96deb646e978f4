/** Several containers compute on one GPU that nothing divides. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import { gpuFact } from '../../facts/gpu/gpu.ts';
import { citeSetting } from '../../facts/workloads/cite.ts';
import type { GpuRequest, Workload } from '../../facts/workloads/workload.ts';
import { workloadsFact } from '../../facts/workloads/workloads.ts';

const messages = {
  shared:
    '{names} compute on the same GPU, one after the other in slices of time: each can take all of its memory and time, and a fault of one ends the work of all.',
};

const subject = 'GPUs';

export const gpuSharing = defineCheck({
  id: 'gpu-sharing',
  needs: { workloads: workloadsFact },
  optional: { gpu: gpuFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ workloads, gpu }): readonly Verdict<typeof messages>[] => {
    const users = workloads.filter(({ gpu: asked, state }) => asked !== null && state === 'running');
    if (users.length < 2) return [notApplicable('fewer than two running containers have a GPU')];
    if (gpu.state === 'unknown') return [undetermined(`how many GPUs there are: ${gpu.detail}`, subject)];
    const count = gpu.value?.count ?? 1;
    const sets = users.map((user) => ({ user, cards: user.gpu === null ? null : cardsOf(user.gpu, count) }));
    const evidence = users.map((user) =>
      citeSetting(user, 'gpu', user.gpu?.ids.length === 0 ? user.gpu.count : user.gpu?.ids),
    );
    const sharing = sets.filter(
      ({ cards }, index) =>
        cards !== null &&
        sets.some((other, at) => at !== index && other.cards !== null && meet(cards, other.cards)),
    );
    if (sharing.length > 0) {
      const data = { names: sharing.map(({ user }: { user: Workload }) => `\`${user.name}\``).join(' and ') };
      return [{ outcome: 'fail', message: 'shared', subject, data, evidence }];
    }
    const unclear = sets.find(({ cards }) => cards === null);
    if (unclear === undefined) return [pass(subject, ...evidence)];
    return [undetermined(`which GPU \`${unclear.user.name}\` has is not known`, subject)];
  },
});

/** Instances of a card (`MIG-…`, `0:1`) are cards of their own. `null`: it does not say. */
function cardsOf({ count, ids }: GpuRequest, all: number): readonly string[] | null {
  if (count === 'all') return Array.from({ length: all }, (_, index) => String(index));
  if (ids.length > 0) return ids.map((id) => id.replace(/^.*=/, ''));
  // The toolkit counts from the first card, for every container anew.
  return count > 0 ? Array.from({ length: count }, (_, index) => String(index)) : null;
}

function meet(some: readonly string[], others: readonly string[]): boolean {
  return some.some((card) => others.includes(card));
}
