/** A container's image is named by something that can change under it. */
import * as z from 'zod';
import { defineCheck, pass, undetermined } from '../../engine/check.ts';
import { recogniseImage } from '../../facts/catalogue/recognise.ts';
import { citeSetting, workloadData } from '../../facts/workloads/cite.ts';
import { eachWorkload } from '../../facts/workloads/each-workload.ts';
import { workloadsFact } from '../../facts/workloads/workloads.ts';

const messages = {
  latest:
    '`{name}` runs {image}, whatever that is on the day it is pulled: an update, or a taken-over image, arrives unseen.',
  noDigest: '`{name}` runs {image} by tag: who controls the registry can put something else behind the tag.',
};

export const workloadImage = defineCheck({
  id: 'workload-image',
  needs: { workloads: workloadsFact },
  params: z.strictObject({
    /** What must be written: a tag other than latest, or a digest. */
    pin: z.enum(['tag', 'digest']),
    /** `ai`: products of the catalogue; `other`: the rest. */
    of: z.enum(['ai', 'other', 'all']),
  }),
  messages,
  evaluate: ({ workloads }, { pin, of }) =>
    eachWorkload<typeof messages>(workloads, (workload) => {
      const { name, image } = workload;
      if (image.built) {
        const because = `${image.reference} is built from its own Dockerfile, and never pulled`;
        return [{ outcome: 'not-applicable', subject: name, because }];
      }
      const evidence = [citeSetting(workload, 'image', image.reference)];
      const shown = image.reference === '' ? 'none is named' : image.reference;
      const unsure = [
        { ...undetermined(`which image \`${name}\` runs is not written down (${shown})`, name), evidence },
      ];
      if (image.digest === null && isLeftOpen(image.repository)) return unsure;
      const known = recogniseImage(image.repository) !== null;
      if (of !== 'all' && known !== (of === 'ai')) {
        const because = `${image.reference} is ${known ? 'a' : 'no'} product of the catalogue`;
        return [{ outcome: 'not-applicable', subject: name, because }];
      }
      if (isLeftOpen(image.reference)) return unsure;
      const tagged = image.tag !== null && image.tag !== 'latest';
      if (image.digest !== null || (pin === 'tag' && tagged)) return [pass(name, ...evidence)];
      const data = workloadData(workload);
      const message = pin === 'tag' ? 'latest' : 'noDigest';
      return [{ outcome: 'fail', message, subject: name, data, evidence }];
    }),
});

/** A variable or a template is filled in by whoever deploys it. */
function isLeftOpen(text: string): boolean {
  return text === '' || /\$[({]|\{\{/.test(text);
}
