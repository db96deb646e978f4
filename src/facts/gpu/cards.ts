import type { GpuRequest } from '../workloads/workload.ts';
import type { Gpu } from './gpu.ts';

/** Whose cards a name is among: NVIDIA's own numbers and UUIDs, or what has a node of /dev/dri. */
export type Among = 'nvidia' | 'render';

/** A card, or an instance of one, as somebody named it. */
export interface Card {
  readonly among: Among;
  /** In which way: two ways may name the same one. */
  readonly by: 'number' | 'uuid' | 'instance-number' | 'instance-uuid' | 'node' | 'other';
  /** In lower case. */
  readonly name: string;
}

const nvidiaNode = /^\/dev\/nvidia(\d+)$/;
const renderNode = /^\/dev\/dri\/renderD\d+$/;

/** The cards that a request names, each once; `/dev/kfd` is the driver's, whatever the card. */
export function namedCards({ ids, by }: GpuRequest): readonly Card[] {
  const cards = ids.filter((id) => id !== '/dev/kfd').map((id) => cardOf(id));
  // Beside NVIDIA's own node, one of /dev/dri is the same card's.
  const isNvidia = by === 'device-node' && cards.some(({ among }) => among === 'nvidia');
  const counted = isNvidia ? cards.filter(({ among }) => among === 'nvidia') : cards;
  return [...new Map(counted.map((card) => [card.name, card])).values()];
}

/** Among whose cards a request that names none is. */
export function amongOf(request: GpuRequest): Among {
  return (
    namedCards(request)[0]?.among ?? (request.ids.some((id) => id.startsWith('/dev/')) ? 'render' : 'nvidia')
  );
}

function cardOf(id: string): Card {
  const among = renderNode.test(id) || /^\/dev\/dri\b|^(?:amd|intel)\.com\//.test(id) ? 'render' : 'nvidia';
  const number = nvidiaNode.exec(id)?.[1];
  // nvidia.com/gpu=0, gpu0, mig0:1: the naming strategies of nvidia-ctk cdi generate.
  const name = (number ?? id.replace(/^.*=(?:gpu(?=\d+$)|mig(?=\d+:\d+$))?/, '')).toLowerCase();
  return { among, by: wayOf(name), name };
}

function wayOf(name: string): Card['by'] {
  if (/^\d+$/.test(name)) return 'number';
  if (/^\d+:\d+$/.test(name)) return 'instance-number';
  if (name.startsWith('gpu-')) return 'uuid';
  if (name.startsWith('mig-') || name.includes('/mig-')) return 'instance-uuid';
  return name.startsWith('/dev/') ? 'node' : 'other';
}

/** Whether it is a part of a card (MIG), which is none of the others. */
export function isInstance({ by }: Card): boolean {
  return by === 'instance-number' || by === 'instance-uuid';
}

/** Whether two names are of one card; `null` where that is not known. A UUID may be cut short (libnvidia-container). */
export function isSame(one: Card, other: Card): boolean | null {
  if (one.among !== other.among) return null;
  if (one.by !== other.by) return null;
  if (one.by === 'uuid' || one.by === 'instance-uuid')
    return one.name.startsWith(other.name) || other.name.startsWith(one.name);
  return one.name === other.name;
}

/** Whether a node of /dev/dri that these name, or may, is of an NVIDIA card; `null` where that was not seen. */
export function isNvidias(named: readonly Card[] | 'all' | null, gpu: Gpu | null): boolean | null {
  const nodes = (gpu?.nodes ?? []).filter(({ path }) => renderNode.test(path));
  const meant = Array.isArray(named)
    ? nodes.filter(({ path }) => named.some(({ name }) => name === path.toLowerCase()))
    : nodes;
  if (meant.some(({ vendor }) => vendor === '0x10de')) return true;
  return meant.length > 0 && meant.every(({ vendor }) => vendor != null) ? false : null;
}

/** How many cards of a kind the machine has; NVIDIA's count as all where their nodes are not there. */
export function cardsAmong(among: Among, gpu: Gpu | null): number {
  if (gpu === null) return 0;
  const node = among === 'nvidia' ? nvidiaNode : renderNode;
  return gpu.nodes.filter(({ path }) => node.test(path)).length || (among === 'nvidia' ? gpu.count : 0);
}
