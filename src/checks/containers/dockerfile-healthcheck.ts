/** Nothing tells whether the service in a Dockerfile's image still answers. */
import * as z from 'zod';
import type { Verdict } from '../../engine/check.ts';
import { defineCheck, pass } from '../../engine/check.ts';
import type { ReadDockerfile } from '../../facts/dockerfiles/dockerfile.ts';
import { dockerfilesFact } from '../../facts/dockerfiles/dockerfiles.ts';
import { citeInstruction, eachDockerfile, fileData } from '../../facts/dockerfiles/each-dockerfile.ts';
import { lastStep, outerImage } from '../../facts/dockerfiles/effective.ts';

const messages = {
  missing:
    '`{file}` has no HEALTHCHECK, unless {image} brings one: a service that hangs counts as running, and nothing restarts it.',
  none: '`{file}` switches the health check off: a service that hangs counts as running, and nothing restarts it.',
};

export const dockerfileHealthcheck = defineCheck({
  id: 'dockerfile-healthcheck',
  needs: { dockerfiles: dockerfilesFact },
  params: z.strictObject({}),
  messages,
  evaluate: ({ dockerfiles }) => eachDockerfile<typeof messages>(dockerfiles, (file) => [judge(file)]),
});

function judge(file: ReadDockerfile): Verdict<typeof messages> {
  const { name, final } = file;
  const health = lastStep(final, 'health', 'no-health');
  const outer = outerImage(final);
  const data = {
    ...fileData(file),
    image: outer.image.missing.length === 0 ? outer.image.text : outer.instruction.args,
  };
  if (health?.kind === 'health') return pass(name, citeInstruction(file, health.instruction));
  if (health !== null) {
    const evidence = [citeInstruction(file, health.instruction)];
    return { outcome: 'fail', message: 'none', subject: name, data, evidence };
  }
  const service = lastStep(final, 'command', 'entrypoint', 'expose');
  if (service === null) {
    const because = `${name} says neither what runs nor on which port: it is no service of its own`;
    return { outcome: 'not-applicable', subject: name, because };
  }
  const evidence = [citeInstruction(file, service.instruction)];
  return { outcome: 'fail', message: 'missing', subject: name, data, evidence };
}
