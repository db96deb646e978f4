/** A Dockerfile builds on an image that is named by nothing but `latest`. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck } from '../../engine/check.ts';
import type { ReadDockerfile } from '../../facts/dockerfiles/dockerfile.ts';
import { dockerfilesFact } from '../../facts/dockerfiles/dockerfiles.ts';
import type { Doubt } from '../../facts/dockerfiles/each-dockerfile.ts';
import {
  citeInstruction,
  eachDockerfile,
  fileData,
  settle,
  subjectIn,
} from '../../facts/dockerfiles/each-dockerfile.ts';
import type { UsedImage } from '../../facts/dockerfiles/used-images.ts';
import { usedImages } from '../../facts/dockerfiles/used-images.ts';
import { parseImageReference } from '../../facts/workloads/image-reference.ts';

const messages = {
  latest:
    '`{file}` builds on {image}, whatever that is on the day of the build: an update, or a taken-over image, arrives unseen.',
};

export const dockerfileBase = defineCheck({
  id: 'dockerfile-base',
  needs: { dockerfiles: dockerfilesFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ dockerfiles }) =>
    eachDockerfile<typeof messages>(dockerfiles, (file) => {
      const failures: Verdict<typeof messages>[] = [];
      const doubts: Doubt[] = [];
      for (const used of usedImages(file)) {
        const answer = judge(file, used);
        if (answer !== null && 'outcome' in answer) failures.push(answer);
        else if (answer !== null) doubts.push(answer);
      }
      return settle(file, failures, doubts);
    }),
});

function judge(
  file: ReadDockerfile,
  { image, instruction }: UsedImage,
): Verdict<typeof messages> | Doubt | null {
  const evidence = citeInstruction(file, instruction);
  const { tag, digest } = parseImageReference(image.text);
  if (digest !== null) return null;
  if (image.missing.length > 0) {
    const because = `${file.path}:${String(evidence.line)}: which image it is depends on ${image.missing.join(', ')}`;
    return { because, evidence };
  }
  if (tag !== null && tag !== 'latest') return null;
  const subject = subjectIn(file, image.text);
  return {
    outcome: 'fail',
    message: 'latest',
    subject,
    data: { ...fileData(file), image: image.text },
    evidence: [evidence],
  };
}
