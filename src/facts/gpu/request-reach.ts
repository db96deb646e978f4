import type { GpuRequest } from '../workloads/workload.ts';
import { amongOf, cardsAmong, isInstance, namedCards } from './cards.ts';
import type { Gpu } from './gpu.ts';

/** What a request comes to among the cards that it is about. */
export interface Reach {
  /** How many of these the machine has. */
  readonly cards: number;
  /** Whether it gets every one of them. */
  readonly every: boolean;
}

/**
 * NVIDIA's requests are about NVIDIA's cards, whatever else draws the screen; nodes of /dev/dri are about those that
 * have one.
 */
export function reachOf(request: GpuRequest, gpu: Gpu | null): Reach {
  const cards = cardsAmong(amongOf(request), gpu);
  if (request.count === 'all') return { cards, every: true };
  const named = namedCards(request);
  if (named.some(isInstance)) return { cards, every: false };
  return { cards, every: (request.ids.length > 0 ? named.length : request.count) >= cards };
}
