/** A setting of the NVIDIA Container Toolkit is weaker than it could be, its default included. */
import * as z from 'zod';
import { defineCheck, notApplicable, pass, undetermined } from '../../engine/check.ts';
import { nvidiaToolkitFact } from '../../facts/gpu/toolkit.ts';

const messages = { weak: '{setting} is {value} in {file}: {meaning}.' };

export const gpuToolkitSetting = defineCheck({
  id: 'gpu-toolkit-setting',
  needs: { toolkit: nvidiaToolkitFact },
  params: z.strictObject({
    /** `key`, or `table.key`. */
    setting: z.string(),
    default: z.boolean(),
    accept: z.boolean(),
    /** What the other value means, as a clause. */
    meaning: z.string().min(1),
  }),
  messages,
  evaluate: ({ toolkit }, { setting, default: byDefault, accept, meaning }) => {
    if (toolkit === null) return [notApplicable('the NVIDIA Container Toolkit is not installed')];
    const subject = 'nvidia-container-toolkit';
    const { file } = toolkit;
    const read = toolkit.setting(setting);
    if (read.state === 'unknown') return [undetermined(read.detail, subject)];
    const value = read.value?.value ?? byDefault;
    if (typeof value !== 'boolean') {
      return [undetermined(`${setting} in ${file} is neither true nor false`, subject)];
    }
    const word = read.value === null ? `${String(value)} (its default)` : String(value);
    const evidence = [{ source: file, line: read.value?.line ?? null, excerpt: `${setting} = ${word}` }];
    if (value === accept) return [pass(subject, ...evidence)];
    const data = { setting, value: word, file, meaning };
    return [{ outcome: 'fail', message: 'weak', subject, data, evidence }];
  },
});
