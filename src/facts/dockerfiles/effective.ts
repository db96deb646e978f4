import type { Stage, Step } from './dockerfile.ts';

/** A stage and those of the file that it begins with, itself first. */
export function lineage(stage: Stage): readonly Stage[] {
  const chain: Stage[] = [];
  for (let each: Stage | null = stage; each !== null; each = each.base) chain.push(each);
  return chain;
}

/** What FROM names where the chain leaves the file. */
export function outerImage(stage: Stage): Stage {
  return lineage(stage).at(-1) ?? stage;
}

/** The last step of some kinds that is in force at the end of a stage; ONBUILD is not. */
export function lastStep(stage: Stage, ...kinds: readonly Step['kind'][]): Step | null {
  for (const { steps } of lineage(stage)) {
    const found = steps.findLast(({ kind, instruction }) => !instruction.onbuild && kinds.includes(kind));
    if (found !== undefined) return found;
  }
  return null;
}
