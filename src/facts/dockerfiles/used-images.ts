import type { ReadDockerfile, Stage } from './dockerfile.ts';
import type { Instruction } from './instruction.ts';
import type { Resolved } from './words.ts';

/** An image from elsewhere: behind FROM, `COPY --from`, `RUN --mount=from=`. */
export interface UsedImage {
  readonly image: Resolved;
  readonly instruction: Instruction;
}

export function usedImages({ stages }: ReadDockerfile): readonly UsedImage[] {
  const used: UsedImage[] = [];
  for (const [index, stage] of stages.entries()) {
    const before = stages.slice(0, index);
    if (stage.base === null && stage.image.text !== 'scratch') used.push(stage);
    for (const step of stage.steps) {
      const { instruction } = step;
      const from = 'from' in step && step.from !== null ? [step.from] : [];
      for (const image of [...from, ...mountedFrom(instruction)]) {
        if (!isStage(image.text, before)) used.push({ image, instruction });
      }
    }
  }
  return used;
}

function mountedFrom({ flags }: Instruction): Resolved[] {
  return flags
    .filter(({ name }) => name === 'mount')
    .flatMap(({ value }) => {
      const from = /(?:^|,)from=([^,]+)/.exec(value)?.[1];
      if (from === undefined) return [];
      // A mount's variables are not filled in here.
      const missing = from.includes('$') ? [from] : [];
      return [{ text: from, missing }];
    });
}

/** A stage's name, or its number. `scratch` and `context` of the build are no images. */
function isStage(name: string, before: readonly Stage[]): boolean {
  if (name === 'scratch' || before.some((stage) => stage.name === name.toLowerCase())) return true;
  return /^\d+$/.test(name) && Number(name) < before.length;
}
