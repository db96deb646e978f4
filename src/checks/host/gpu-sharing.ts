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
    const isOnly = (gpu.value?.count ?? 1) === 1;
    const sets = users.map((user) => ({ user, cards: user.gpu === null ? null : cardsOf(user.gpu) }));
    const evidence = users.map((user) =>
      citeSetting(user, 'gpu', user.gpu?.ids.length === 0 ? user.gpu.count : user.gpu?.ids),
    );
    const meetingAnother = (answer: boolean | null) =>
      sets.filter(({ cards }, index) =>
        sets.some((other, at) => at !== index && meet(cards, other.cards, isOnly) === answer),
      );
    const sharing = meetingAnother(true);
    if (sharing.length > 0) {
      const data = { names: sharing.map(({ user }: { user: Workload }) => `\`${user.name}\``).join(' and ') };
      return [{ outcome: 'fail', message: 'shared', subject, data, evidence }];
    }
    const unclear = meetingAnother(null);
    const [first] = unclear.filter(({ cards }) => cards === null).concat(unclear);
    if (first === undefined) return [pass(subject, ...evidence)];
    return [undetermined(`which GPU \`${first.user.name}\` has beside others is not known`, subject)];
  },
});

/** Names of cards, in one of the ways in which a card is named. */
type Cards = 'all' | readonly string[];

/** Instances of a card (`MIG-…`, `0:1`) are cards of their own. `null`: it does not say. */
function cardsOf({ count, ids }: GpuRequest): Cards | null {
  if (count === 'all') return 'all';
  if (ids.length > 0) return ids.map((id) => id.replace(/^(?:.*=|\/dev\/nvidia(?=\d+$))/, ''));
  // The toolkit counts from the first card, for every container anew.
  return count > 0 ? Array.from({ length: count }, (_, index) => String(index)) : null;
}

/**
 * Whether two sets have a card in common; `null` where that is not known: a number, a UUID and a device node may
 * name the same one.
 *
 * @param isOnly - whether the machine has one card
 */
function meet(some: Cards | null, others: Cards | null, isOnly: boolean): boolean | null {
  if (some === null || others === null) return null;
  if (some === 'all' || others === 'all') return true;
  if (some.some((card) => others.includes(card))) return true;
  const kinds = new Set([...some, ...others].map(kindOf));
  if (kinds.has('instance')) return kinds.size === 1 ? false : null;
  return isOnly ? true : kinds.size === 1 ? false : null;
}

function kindOf(card: string): 'number' | 'instance' | 'uuid' | 'node' {
  if (/^\d+$/.test(card)) return 'number';
  if (/^(?:MIG-|\d+:\d+$)/.test(card)) return 'instance';
  return card.startsWith('/dev/') ? 'node' : 'uuid';
}
