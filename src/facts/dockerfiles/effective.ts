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
export function lastStep<Kind extends Step['kind']>(
  stage: Stage,
  kinds: readonly Kind[],
): Extract<Step, { kind: Kind }> | null {
  for (const { steps } of lineage(stage)) {
    const found = steps.findLast(
      (step): step is Extract<Step, { kind: Kind }> =>
        !step.instruction.onbuild && kinds.some((kind) => kind === step.kind),
    );
    if (found !== undefined) return found;
  }
  return null;
}
