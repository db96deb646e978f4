import type { Evidence } from '../host/evidence.ts';
import { unknown } from '../host/evidence.ts';
import type { Host, HostKind } from '../host/host.ts';

/** Reads facts; each is gathered once per audit, however often and from wherever it is asked for. */
export type FactReader = <T>(fact: Fact<T>) => Promise<Evidence<T>>;

/** One subject of evidence: gathered and parsed into a typed value, never judged. */
export interface Fact<T> {
  readonly id: string;
  /** Kinds of host that can tell; on others the rules that need it are not applicable. */
  readonly kinds: readonly HostKind[];
  /** Never throws for bad input: what was not understood is `unknown`. */
  gather(host: Host, read: FactReader): Promise<Evidence<T>>;
}

const machines: readonly HostKind[] = ['live', 'rootfs', 'snapshot'];

/** @param definition - `kinds` defaults to machines: everything but a project directory. */
export function defineFact<T>(definition: {
  id: string;
  kinds?: readonly HostKind[];
  gather(host: Host, read: FactReader): Promise<Evidence<T>>;
}): Fact<T> {
  return { kinds: machines, ...definition };
}

/** A reader over one host. A fact that throws is `unknown` with why `bug`, and hides no other. */
export function factReader(host: Host): FactReader {
  const gathered = new Map<string, Promise<Evidence<unknown>>>();
  const read: FactReader = <T>(fact: Fact<T>) => {
    let evidence = gathered.get(fact.id);
    if (evidence === undefined) {
      evidence = gatherSafely(fact, host, read);
      gathered.set(fact.id, evidence);
    }
    return evidence as Promise<Evidence<T>>;
  };
  return read;
}

async function gatherSafely<T>(fact: Fact<T>, host: Host, read: FactReader): Promise<Evidence<T>> {
  try {
    return await fact.gather(host, read);
  } catch (error) {
    return unknown('bug', `aisec failed to read ${fact.id}: ${String(error)}`, fact.id);
  }
}
