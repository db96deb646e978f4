import { mergeNodes } from './merge.ts';
import type { Entry, Mapping, Node } from './tree.ts';
import { entryAt, itemsOf, valueAt } from './tree.ts';

/** More services, or volumes, than this in all `volumes_from` of a project are a trap. */
const mostSteps = 100_000;

/** A node that leaves open what a service mounts, and why, as a clause that follows its place. */
export interface Doubt {
  readonly node: Node;
  readonly why: string;
}

export interface Borrowing {
  /** The service with what it borrows under what it mounts itself. */
  readonly service: Mapping;
  readonly doubts: readonly Doubt[];
}

/**
 * `volumes_from`: what another service mounts is mounted as well, and what that one borrows in turn. Every service
 * is looked at once for each that borrows, since chains of them multiply.
 */
export function borrowingIn(model: Mapping): (service: Mapping) => Borrowing {
  let left = mostSteps;
  const services = valueAt(model, 'services');
  return (service) => {
    const doubts: Doubt[] = [];
    const seen = new Set<Mapping>([service]);
    const lenders: Mapping[] = [];
    const pending: Mapping[] = [service];
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      if (at !== service) lenders.push(at);
      for (const item of itemsOf(valueAt(at, 'volumes_from'))) {
        left -= 1;
        const found = lenderOf(item, services);
        if ('why' in found) doubts.push(found);
        else if (!seen.has(found)) {
          seen.add(found);
          pending.push(found);
        }
        if (left < 0) return { service, doubts: [{ node: item, why: 'is one volumes_from too many' }] };
      }
    }
    let volumes: Entry | undefined = service.entries.get('volumes');
    for (const lender of lenders) {
      const lent = entryAt(lender, 'volumes');
      if (lent === null) continue;
      left -= itemsOf(lent.value).length + itemsOf(volumes?.value ?? null).length;
      if (left < 0) return { service, doubts: [{ node: lent.value, why: 'is lent too often' }] };
      const over = volumes?.value;
      const value = over === undefined ? lent.value : mergeNodes(lent.value, over, ['volumes'], []);
      volumes = { at: volumes?.at ?? lent.at, value };
    }
    if (volumes === undefined) return { service, doubts };
    return { service: { ...service, entries: new Map([...service.entries, ['volumes', volumes]]) }, doubts };
  };
}

/** The service that is named, or why it is none that a file describes. */
function lenderOf(node: Node, services: Node | null): Mapping | Doubt {
  if (node.kind !== 'scalar') return { node, why: 'is refused by Compose: a name belongs there' };
  if (node.unset.length > 0) {
    return { node, why: `leaves it to ${node.unset.join(', ')}, which nothing in the project sets` };
  }
  const [name = '', container] = (node.text ?? '').split(':');
  if (name === 'container') {
    return { node, why: `mounts what the container ${container ?? ''} has, which no file describes` };
  }
  const lender = services?.kind === 'mapping' ? services.entries.get(name)?.value : undefined;
  return lender?.kind === 'mapping'
    ? lender
    : { node, why: `is refused by Compose: there is no service ${name}` };
}
