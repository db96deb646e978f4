/** Several containers compute on one GPU that nothing divides. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import type { Among, Card } from '../../facts/gpu/cards.ts';
import { amongOf, cardsAmong, isInstance, isNvidias, isSame, namedCards } from '../../facts/gpu/cards.ts';
import type { Gpu } from '../../facts/gpu/gpu.ts';
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
    const sets = users.flatMap((user) => (user.gpu === null ? [] : [{ user, cards: cardsOf(user.gpu) }]));
    const evidence = users.map((user) =>
      citeSetting(user, 'gpu', user.gpu?.ids.length === 0 ? user.gpu.count : user.gpu?.ids),
    );
    const meetingAnother = (answer: boolean | null) =>
      sets.filter(({ cards }, index) =>
        sets.some((other, at) => at !== index && meet(cards, other.cards, gpu.value) === answer),
      );
    const sharing = meetingAnother(true);
    if (sharing.length > 0) {
      const data = { names: sharing.map(({ user }: { user: Workload }) => `\`${user.name}\``).join(' and ') };
      return [{ outcome: 'fail', message: 'shared', subject, data, evidence }];
    }
    const unclear = meetingAnother(null);
    const [first] = unclear.filter(({ cards }) => cards.named === null).concat(unclear);
    if (first === undefined) return [pass(subject, ...evidence)];
    return [undetermined(`which GPU \`${first.user.name}\` has beside others is not known`, subject)];
  },
});

interface Cards {
  readonly among: Among;
  /** `all` of these; `null`: it does not say which. */
  readonly named: readonly Card[] | 'all' | null;
}

function cardsOf(request: GpuRequest): Cards {
  const among = amongOf(request);
  if (request.count === 'all') return { among, named: 'all' };
  const named = namedCards(request);
  if (request.ids.length > 0) return { among, named };
  if (request.count <= 0) return { among, named: null };
  // The toolkit counts from the first card, for every container anew.
  const first = Array.from({ length: request.count }, (_, index) => String(index));
  return { among, named: first.map((name) => ({ among, by: 'number', name })) };
}

/**
 * Whether two sets have a card in common; `null` where that is not known: a number, a UUID and a device node may
 * name the same one, and a node of /dev/dri may be an NVIDIA card's.
 */
function meet(some: Cards, others: Cards, gpu: Gpu | null): boolean | null {
  if (some.named === null || others.named === null) return null;
  if (some.among !== others.among) {
    const rendering = some.among === 'render' ? some : others;
    return isNvidias(rendering.named, gpu) === false ? false : null;
  }
  if (some.named === 'all' || others.named === 'all') return true;
  const pairs = some.named.flatMap((one) =>
    (others.named as readonly Card[]).map((other) => [one, other] as const),
  );
  const answers = pairs.map(([one, other]) => isSame(one, other));
  if (answers.includes(true)) return true;
  const isWhole = pairs.every(([one, other]) => !isInstance(one) && !isInstance(other));
  if (isWhole && cardsAmong(some.among, gpu) === 1) return true;
  return answers.includes(null) ? null : false;
}
