import type { GpuRequest } from '../workloads/workload.ts';
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
  const rendering = countOf(gpu, renderNode);
  const isRendering =
    request.by === 'device-node'
      ? !request.ids.some((id) => nvidiaNode.test(id))
      : request.ids.some((id) => /^(?:amd|intel)\.com\//.test(id));
  const cards = isRendering ? rendering : countOf(gpu, nvidiaNode) || (gpu?.count ?? 0);
  if (request.count === 'all') return { cards, every: true };
  // A part of a card (MIG) is not that card.
  if (request.ids.some((id) => /(?:^|=)(?:MIG-|\d+:\d+)/.test(id))) return { cards, every: false };
  const named = new Set(isRendering ? request.ids.filter((id) => renderNode.test(id)) : request.ids);
  return { cards, every: (named.size > 0 || isRendering ? named.size : request.count) >= cards };
}

const nvidiaNode = /^\/dev\/nvidia\d+$/;
const renderNode = /^\/dev\/dri\/renderD\d+$/;

function countOf(gpu: Gpu | null, node: RegExp): number {
  return gpu === null ? 0 : gpu.nodes.filter(({ path }) => node.test(path)).length;
}
